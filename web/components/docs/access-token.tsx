"use client";
import { createContext, type ReactNode, useContext, useId, useMemo, useState } from "react";
import { enDocs as text } from "../../strings/en-docs.ts";

/** The access token for all requests of this page. In its memory only: what is stored could be found. */
export const AccessToken = createContext({ token: "", setToken: (_: string) => {} });

export function AccessTokenProvider({ children }: { children: ReactNode }) {
  const [token, setToken] = useState("");
  const value = useMemo(() => ({ token, setToken }), [token]);
  return <AccessToken value={value}>{children}</AccessToken>;
}

export function AccessTokenField() {
  const { token, setToken } = useContext(AccessToken);
  const id = useId();
  return (
    <div className="grid gap-1 text-sm">
      <label htmlFor={id}>{text.token}</label>
      <input
        id={id}
        aria-describedby={`${id}-hint`}
        value={token}
        onChange={(event) => setToken(event.target.value)}
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        className="field min-h-11 px-3 font-mono"
      />
      <p id={`${id}-hint`} className="text-muted">
        {text.tokenHint}
      </p>
    </div>
  );
}

"use client";
import { useState } from "react";
import type { ChatData } from "../../../protocol/http.ts";
import { t } from "../../strings/index.ts";
import { initialOf, Overprint } from "../site/overprint.tsx";
import { SiteShell } from "../site/site-shell.tsx";
import { buttonClass } from "../ui/button.tsx";
import { Isolated } from "../ui/isolated.tsx";

interface PickPersonProps {
  users: ChatData["users"];
  problem: string | undefined;
  onPick: (name: string) => Promise<void>;
}

/** The door: two names, two buttons. */
export function PickPerson({ users, problem, onPick }: PickPersonProps) {
  const [picked, setPicked] = useState<string>();

  async function pick(name: string) {
    if (picked !== undefined) return;
    setPicked(name);
    await onPick(name);
    setPicked(undefined);
  }

  return (
    <SiteShell>
      <div className="mx-auto max-w-md pt-2 text-center sm:pt-10">
        <Overprint closeness="together" initials={[initialOf(users[0]), initialOf(users[1])]} className="h-32" />
        <h1 className="display mt-6 text-4xl leading-tight">{t.pick.title}</h1>
        <p className="mt-3 text-lg text-balance text-muted">{t.pick.lead}</p>
        <div className="mt-8 grid gap-3">
          {users.map((name, index) => (
            <button
              key={name}
              type="button"
              aria-disabled={picked !== undefined}
              onClick={() => void pick(name)}
              className={buttonClass(index === 0 ? "rose" : "teal", "min-h-16 text-xl [overflow-wrap:anywhere]")}
            >
              {picked === name ? t.pick.signingIn : <Isolated text={t.pick.as} name={name} />}
            </button>
          ))}
        </div>
        <p role="alert" className="mt-3 min-h-6 text-sm text-danger">
          {problem}
        </p>
        <p className="mt-3 text-sm text-balance text-muted">{t.pick.trust}</p>
      </div>
    </SiteShell>
  );
}

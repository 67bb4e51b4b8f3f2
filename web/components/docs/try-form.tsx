"use client";
import { useContext, useState, type SubmitEvent } from "react";
import { enDocs as text } from "../../strings/en-docs.ts";
import { Button } from "../ui/button.tsx";
import { AccessToken, AccessTokenField } from "./access-token.tsx";
import { CodeBlock } from "./code-block.tsx";
import type { Operation } from "./openapi.ts";

interface Outcome {
  title: string;
  body: unknown;
}

/** Sends a request of one's own making to this server, and shows what comes back. */
export function TryForm({ operation }: { operation: Operation }) {
  const { parameters, body, signedIn } = operation;
  const { token } = useContext(AccessToken);
  const [values, setValues] = useState<Record<string, string>>({});
  const [json, setJson] = useState(() => JSON.stringify(body?.example, null, 2));
  const [outcome, setOutcome] = useState<Outcome>();
  const [busy, setBusy] = useState(false);

  function submit(event: SubmitEvent) {
    event.preventDefault();
    setBusy(true);
    void request(operation, values, body && json, signedIn === "account" ? token : "")
      .then(setOutcome)
      .finally(() => setBusy(false));
  }

  return (
    <form onSubmit={submit} className="grid grid-cols-1 gap-3">
      {signedIn && <p className="text-sm text-muted">{text.careful[signedIn]}</p>}
      {signedIn === "account" && <AccessTokenField />}
      {parameters.map(({ name, in: where, required }) => (
        <label key={name} className="grid gap-1 text-sm">
          <span>
            <code className="font-mono text-xs font-bold">{name}</code> {text.where[where]}
            {!required && `, ${text.optional}`}
          </span>
          <input
            value={values[name] ?? ""}
            required={required}
            onChange={(event) => setValues({ ...values, [name]: event.target.value })}
            autoComplete="off"
            className="field min-h-11 px-3"
          />
        </label>
      ))}
      {body && (
        <label className="grid gap-1 text-sm">
          {text.requestBody}
          <textarea
            value={json}
            onChange={(event) => setJson(event.target.value)}
            rows={json.split("\n").length}
            spellCheck={false}
            className="field p-3 font-mono leading-5"
          />
        </label>
      )}
      <Button type="submit" aria-disabled={busy} className="justify-self-start">
        {busy ? text.sending : text.send}
      </Button>
      <output className="block">
        {outcome !== undefined && (
          <>
            <span className="mb-2 block text-sm font-semibold">{outcome.title}</span>
            <CodeBlock value={outcome.body} />
          </>
        )}
      </output>
    </form>
  );
}

async function request(
  { method, path, parameters }: Operation,
  values: Record<string, string>,
  body: string | undefined,
  token: string,
): Promise<Outcome> {
  const url = new URL(
    path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? "")),
    location.origin,
  );
  for (const { name, in: where } of parameters) {
    const value = values[name];
    if (where === "query" && value) url.searchParams.set(name, value);
  }
  const start = performance.now();
  try {
    const answer = await fetch(url, {
      method,
      ...(body !== undefined && { body }),
      headers: {
        ...(body !== undefined && { "content-type": "application/json" }),
        // Trimmed: what was copied may bring a space or a line break along, and a header can't have one.
        ...(token.trim() !== "" && { authorization: `Bearer ${token.trim()}` }),
      },
    });
    const title = text.answered(answer.status, Math.round(performance.now() - start));
    return { title, body: pretty(await answer.text()) };
  } catch {
    return { title: text.unreachable, body: "" };
  }
}

function pretty(answer: string): unknown {
  try {
    return JSON.parse(answer);
  } catch {
    return answer;
  }
}

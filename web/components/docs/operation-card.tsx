"use client";
import type { ReactNode } from "react";
import { enDocs as text } from "../../strings/en-docs.ts";
import { Icon } from "../ui/icon.tsx";
import { CodeBlock } from "./code-block.tsx";
import { Method } from "./method.tsx";
import type { ApiError, Operation } from "./openapi.ts";
import { SchemaTable } from "./schema-table.tsx";
import { TryForm } from "./try-form.tsx";

export function OperationCard({ operation }: { operation: Operation }) {
  const { id, method, path, aliases, summary, description, visibility, signedIn, body, answer, errors } = operation;
  return (
    <article id={id} className="scroll-mt-4 rounded-3xl border border-line bg-surface p-4 sm:p-6">
      <div className="flex flex-wrap items-center gap-2">
        <Badge>{text.visibility[visibility].label}</Badge>
        {signedIn && <Badge>{text.signedIn[signedIn]}</Badge>}
      </div>
      <h3 className="mt-3 text-lg font-semibold">{summary}</h3>
      <p className="mt-2 flex items-baseline gap-2 font-mono text-sm">
        <Method method={method} />
        <span className="[overflow-wrap:anywhere]">{path}</span>
      </p>
      {aliases.length > 0 && (
        <p className="mt-2 text-sm [overflow-wrap:anywhere] text-muted">
          {text.alsoAt} {aliases.join(", ")}
        </p>
      )}
      {description !== undefined && <p className="mt-3 text-pretty text-muted">{description}</p>}
      {body && (
        <Part title={text.body}>
          <SchemaTable schema={body.schema} />
          <CodeBlock value={body.example} />
        </Part>
      )}
      {answer && (
        <Part title={text.answer}>
          <SchemaTable schema={answer.schema} />
          <CodeBlock value={answer.example} />
        </Part>
      )}
      {errors.length > 0 && (
        <Part title={text.errors}>
          <ErrorList errors={errors} />
        </Part>
      )}
      <Part title={text.tryIt}>
        {operation.isSocket ? <p className="text-sm text-muted">{text.socket}</p> : <TryForm operation={operation} />}
      </Part>
    </article>
  );
}

function Badge({ children }: { children: ReactNode }) {
  return (
    <span className="rounded-full border border-line-strong px-2.5 py-0.5 text-xs font-medium text-muted">
      {children}
    </span>
  );
}

/** Closed at first: one endpoint's name and purpose are read more often than its details. */
function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <details className="group mt-2 border-t border-line pt-2">
      <summary className="flex min-h-11 items-center justify-between rounded-lg font-medium">
        {title}
        <Icon name="chevron" className="size-4 text-muted transition-transform group-open:rotate-180" />
      </summary>
      <div className="grid grid-cols-1 gap-3 pb-3">{children}</div>
    </details>
  );
}

function ErrorList({ errors }: { errors: ApiError[] }) {
  return (
    <ul className="grid gap-2 text-sm">
      {errors.flatMap(({ status, lines }) =>
        lines.map((line) => {
          const [code = "", ...message] = line.split(": ");
          return (
            <li key={status + code} className="grid gap-x-3 sm:grid-cols-[15rem_1fr]">
              <span className="font-mono text-xs leading-5 [overflow-wrap:anywhere]">
                {status} {code}
              </span>
              <span className="text-muted">{message.join(": ")}</span>
            </li>
          );
        }),
      )}
    </ul>
  );
}

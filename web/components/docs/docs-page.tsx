"use client";
import { BASE_PATH } from "../../device/routes.ts";
import { useOperations } from "../../hooks/use-operations.ts";
import { enDocs as text } from "../../strings/en-docs.ts";
import { Button } from "../ui/button.tsx";
import { AccessTokenProvider } from "./access-token.tsx";
import { Method } from "./method.tsx";
import type { Operation, Visibility } from "./openapi.ts";
import { OperationCard } from "./operation-card.tsx";

/** The API, as this very server describes it. */
export function DocsPage() {
  const [operations, reload] = useOperations();
  return (
    <div className="pt-8">
      <h1 className="display text-4xl sm:text-5xl">{text.title}</h1>
      <p className="mt-3 max-w-prose text-lg text-muted">
        {text.lead}{" "}
        <a href={`${BASE_PATH}/openapi.json`} className="text-ink underline underline-offset-4">
          {text.document}
        </a>
      </p>
      {operations === undefined && <output className="mt-12 block text-muted">{text.loading}</output>}
      {operations === null && (
        <div role="alert" className="mt-12 grid justify-items-start gap-4">
          <p>{text.failed}</p>
          <Button onClick={reload}>{text.again}</Button>
        </div>
      )}
      {operations && (
        <AccessTokenProvider>
          <div className="mt-10 gap-12 lg:grid lg:grid-cols-[16rem_minmax(0,1fr)]">
            <Contents operations={operations} />
            <div className="grid grid-cols-1 gap-14">
              <Group visibility="public" operations={operations} />
              <Group visibility="internal" operations={operations} />
            </div>
          </div>
        </AccessTokenProvider>
      )}
    </div>
  );
}

function Group({ visibility, operations }: { visibility: Visibility; operations: Operation[] }) {
  const { title, text: words } = text.visibility[visibility];
  return (
    <section>
      <h2 className="display text-2xl">{title}</h2>
      <p className="mt-1 text-muted">{words}</p>
      <div className="mt-5 grid grid-cols-1 gap-5">
        {operations
          .filter((operation) => operation.visibility === visibility)
          .map((operation) => (
            <OperationCard key={operation.id} operation={operation} />
          ))}
      </div>
    </section>
  );
}

function Contents({ operations }: { operations: Operation[] }) {
  return (
    <nav aria-label={text.contents} className="sticky top-6 hidden self-start lg:block">
      <ul className="text-sm">
        {operations.map(({ id, method, summary }) => (
          <li key={id}>
            <a
              href={`#${id}`}
              className="flex min-h-9 items-center gap-2 rounded-lg px-2 py-1 text-muted hover:bg-sunken hover:text-ink"
            >
              <Method method={method} />
              {summary}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

import type { Metadata } from "next";
import { DocsPage } from "../../components/docs/docs-page.tsx";
import { SiteShell } from "../../components/site/site-shell.tsx";
import { enDocs } from "../../strings/en-docs.ts";

export const metadata: Metadata = { title: enDocs.title, description: enDocs.description };

/** Also served at /chat-server/docs. */
export default function ApiDocsPage() {
  return (
    <SiteShell wide>
      <DocsPage />
    </SiteShell>
  );
}

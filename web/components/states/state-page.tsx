import type { ReactNode } from "react";
import { Overprint, type Closeness } from "../site/overprint.tsx";
import { SiteShell } from "../site/site-shell.tsx";

interface StatePageProps {
  closeness: Closeness;
  title: string;
  text: ReactNode;
  /** The ways on. */
  children?: ReactNode;
}

/** A whole page that says one thing, and what to do now. */
export function StatePage({ closeness, title, text, children }: StatePageProps) {
  return (
    <SiteShell>
      <div className="mx-auto max-w-md pt-6 text-center sm:pt-16">
        <Overprint closeness={closeness} className="h-28" />
        <h1 className="display mt-8 text-3xl leading-tight">{title}</h1>
        <p className="mt-3 text-lg text-balance text-muted">{text}</p>
        <div className="mt-8 grid gap-3">{children}</div>
      </div>
    </SiteShell>
  );
}

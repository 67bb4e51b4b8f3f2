import type { ReactNode } from "react";
import { ROUTES } from "../../device/routes.ts";
import { t } from "../../strings/index.ts";
import { Logo } from "./logo.tsx";
import { ThemeChoice } from "./theme-choice.tsx";

const LINK = "inline-flex min-h-11 items-center rounded-full px-3 text-sm font-medium text-muted hover:text-ink";

/** Header, footer and the skip link around every page but the chat itself. */
export function SiteShell({ children, wide = false }: { children: ReactNode; wide?: boolean }) {
  const column = wide ? "max-w-5xl" : "max-w-3xl";
  return (
    <div className="flex min-h-dvh flex-col">
      <a
        href="#content"
        className="sr-only z-50 rounded-full bg-both px-5 py-3 text-on-both focus:not-sr-only focus:fixed focus:top-3 focus:left-3"
      >
        {t.site.skip}
      </a>
      <header className={`mx-auto flex w-full items-center justify-between px-5 py-3 ${column}`}>
        <a href={ROUTES.home} aria-label={t.site.home} className="inline-flex min-h-11 items-center rounded-full">
          <Logo />
        </a>
        <nav className="-mr-3 flex">
          <a href={ROUTES.article} className={LINK}>
            {t.site.how}
          </a>
          <a href={ROUTES.docs} className={LINK}>
            {t.site.docs}
          </a>
        </nav>
      </header>
      <main id="content" className={`mx-auto w-full grow px-5 ${column}`}>
        {children}
      </main>
      <footer
        className={`mx-auto mt-16 flex w-full flex-wrap items-center justify-between gap-x-8 gap-y-4 px-5 pt-6 pb-[max(1.5rem,env(safe-area-inset-bottom))] text-sm text-muted ${column}`}
      >
        <p className="max-w-prose">{t.site.footer}</p>
        <ThemeChoice />
      </footer>
    </div>
  );
}

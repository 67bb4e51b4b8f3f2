import type { Metadata } from "next";
import type { ReactNode } from "react";
import { MessagePath } from "../../../../../../components/article/message-path.tsx";
import { SiteShell } from "../../../../../../components/site/site-shell.tsx";
import { buttonClass } from "../../../../../../components/ui/button.tsx";
import { ROUTES } from "../../../../../../device/routes.ts";
import { enArticle as text } from "../../../../../../strings/en-article.ts";
import { t } from "../../../../../../strings/index.ts";

export const metadata: Metadata = { title: text.title, description: text.description };

export default function ArticlePage() {
  return (
    <SiteShell>
      <article className="mx-auto max-w-2xl pt-8 text-lg leading-relaxed">
        <h1 className="display text-4xl leading-[1.05] sm:text-6xl">{text.title}</h1>
        <p className="mt-5 text-xl text-pretty text-muted">{text.lead}</p>
        <div className="mt-10">
          <MessagePath />
        </div>

        <Section title={text.stepsTitle}>
          <ol className="grid gap-7">
            {text.steps.map(({ title, text: words }, index) => (
              <li key={title} className="grid grid-cols-[2.5rem_1fr]">
                <span
                  aria-hidden="true"
                  className="mt-0.5 grid size-7 place-items-center rounded-full bg-both text-sm font-bold text-on-both"
                >
                  {index + 1}
                </span>
                <Passage title={title} text={words} />
              </li>
            ))}
          </ol>
        </Section>

        <Section title={text.failuresTitle}>
          <div className="grid gap-7">
            {text.failures.map((passage) => (
              <Passage key={passage.title} {...passage} />
            ))}
          </div>
        </Section>

        <Section title={text.privacyTitle}>
          <ul className="grid list-disc gap-3 pl-6 marker:text-rose">
            {text.privacy.map((words) => (
              <li key={words}>{words}</li>
            ))}
          </ul>
        </Section>

        <Section title={text.partsTitle}>
          <dl className="divide-y divide-line border-y border-line">
            {text.parts.map(({ name, text: words }) => (
              <div key={name} className="grid gap-x-6 py-3 sm:grid-cols-[9rem_1fr]">
                <dt className="font-semibold">{name}</dt>
                <dd className="text-muted">{words}</dd>
              </div>
            ))}
          </dl>
        </Section>

        <div className="mt-16 flex flex-wrap items-center gap-4">
          <a href={ROUTES.home} className={buttonClass("primary")}>
            {text.startTitle}
          </a>
          <a href={ROUTES.docs} className={buttonClass("quiet")}>
            {t.site.docs}
          </a>
        </div>
      </article>
    </SiteShell>
  );
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="mt-16">
      <h2 className="display mb-6 text-3xl leading-tight">{title}</h2>
      {children}
    </section>
  );
}

function Passage({ title, text: words }: { title: string; text: string }) {
  return (
    <div>
      <h3 className="font-semibold">{title}</h3>
      <p className="text-pretty text-muted">{words}</p>
    </div>
  );
}

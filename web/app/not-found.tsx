import type { Metadata } from "next";
import { StatePage } from "../components/states/state-page.tsx";
import { buttonClass } from "../components/ui/button.tsx";
import { ROUTES } from "../device/routes.ts";
import { t } from "../strings/index.ts";

export const metadata: Metadata = { title: t.states.notFound.title };

export default function NotFoundPage() {
  return (
    <StatePage closeness="missing" title={t.states.notFound.title} text={t.states.notFound.text}>
      <a href={ROUTES.home} className={buttonClass("primary")}>
        {t.states.makeNew}
      </a>
    </StatePage>
  );
}

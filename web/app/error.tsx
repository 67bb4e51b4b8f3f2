"use client";
import { StatePage } from "../components/states/state-page.tsx";
import { Button } from "../components/ui/button.tsx";
import { t } from "../strings/index.ts";

/** Shown instead of a page whose rendering threw. */
export default function ErrorPage() {
  return (
    <StatePage closeness="missing" title={t.states.crash.title} text={t.states.crash.text}>
      <Button onClick={() => location.reload()}>{t.states.outdated.action}</Button>
    </StatePage>
  );
}

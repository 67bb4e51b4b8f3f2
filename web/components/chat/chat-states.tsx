"use client";
import { useEffect, useState, type ReactNode } from "react";
import { ROUTES } from "../../device/routes.ts";
import { t } from "../../strings/index.ts";
import { Overprint } from "../site/overprint.tsx";
import { StatePage } from "../states/state-page.tsx";
import { Button, buttonClass } from "../ui/button.tsx";
import { Isolated } from "../ui/isolated.tsx";

export function LoadingPage() {
  return (
    <main className="grid min-h-dvh place-content-center gap-6">
      <Overprint closeness="near" className="h-20 animate-pulse" />
      <output className="text-muted">{t.states.loading}</output>
    </main>
  );
}

export function UnknownPage() {
  return (
    <StatePage closeness="missing" title={t.states.unknown.title} text={t.states.unknown.text}>
      <MakeNew />
    </StatePage>
  );
}

/** `by` is who ended it, where this page was there when it happened. */
export function EndedPage({ by, byMe = false }: { by?: string | undefined; byMe?: boolean }) {
  let text: ReactNode = t.states.ended.text;
  if (byMe) text = t.states.ended.byYou;
  else if (by !== undefined) text = <Isolated text={t.states.ended.by} name={by} />;
  return (
    <StatePage closeness="over" title={t.states.ended.title} text={text}>
      <MakeNew />
    </StatePage>
  );
}

export function SignedOutPage({ onSignIn }: { onSignIn: () => void }) {
  return (
    <StatePage closeness="apart" title={t.states.signedOut.title} text={t.states.signedOut.text}>
      <Button onClick={onSignIn}>{t.states.signedOut.action}</Button>
    </StatePage>
  );
}

export function UnreachablePage({ onRetry }: { onRetry: () => void }) {
  return (
    <StatePage closeness="missing" title={t.states.unreachable.title} text={t.states.unreachable.text}>
      <Button onClick={onRetry}>{t.states.unreachable.action}</Button>
    </StatePage>
  );
}

export function OutdatedPage() {
  return (
    <StatePage closeness="apart" title={t.states.outdated.title} text={t.states.outdated.text}>
      <Button onClick={() => location.reload()}>{t.states.outdated.action}</Button>
    </StatePage>
  );
}

/** Counts down, then lets one try again. */
export function TooManyPage({ retryAfter, onRetry }: { retryAfter: number; onRetry: () => void }) {
  const [left, setLeft] = useState(retryAfter);
  useEffect(() => {
    if (left <= 0) return;
    const timer = setTimeout(() => setLeft(left - 1), 1_000);
    return () => clearTimeout(timer);
  }, [left]);
  return (
    <StatePage closeness="apart" title={t.states.tooMany.title} text={t.states.tooMany.text}>
      <Button onClick={onRetry} disabled={left > 0}>
        {left > 0 ? t.states.tooMany.wait(left) : t.states.tooMany.action}
      </Button>
    </StatePage>
  );
}

function MakeNew() {
  return (
    <a href={ROUTES.home} className={buttonClass("primary")}>
      {t.states.makeNew}
    </a>
  );
}

"use client";
import { useState } from "react";
import { ROUTES } from "../../device/routes.ts";
import { useMailToken } from "../../hooks/use-mail-token.ts";
import { enVerify as text } from "../../strings/en-verify.ts";
import { t } from "../../strings/index.ts";
import { StatePage } from "../states/state-page.tsx";
import { Button, buttonClass } from "../ui/button.tsx";
import { type Outcome, verifyEmail } from "./verify-email.ts";

/**
 * Where the link in a mail leads. It confirms when asked to, not by itself: programs that open the links of mails must
 * not confirm an address for whoever claimed it.
 */
export function VerifyEmailPage() {
  const token = useMailToken();
  // With the token that it is about: another link begins anew.
  const [answer, setAnswer] = useState<{ token: string; outcome: Outcome }>();
  const [isBusy, setBusy] = useState(false);
  const outcome = answer && answer.token === token ? answer.outcome : undefined;

  function confirm() {
    if (!token || isBusy) return;
    setBusy(true);
    void verifyEmail(token)
      .then((given) => setAnswer({ token, outcome: given }))
      .finally(() => setBusy(false));
  }

  const { title, words } = wordsOf(token, outcome);
  const next = outcome ? text.again : text.confirm;
  const canConfirm = Boolean(token) && (outcome === undefined || outcome.isPassing);
  return (
    <StatePage closeness={outcome?.isDone ? "together" : "near"} title={title} text={words}>
      {/* Read out when it changes; the heading is where it is read by eye. */}
      <output className="sr-only">{outcome && `${title}. ${words}`}</output>
      {canConfirm && (
        <Button onClick={confirm} aria-disabled={isBusy}>
          {isBusy ? text.confirming : next}
        </Button>
      )}
      <a href={ROUTES.home} className={buttonClass("quiet")}>
        {t.site.home}
      </a>
    </StatePage>
  );
}

function wordsOf(token: string | null, outcome: Outcome | undefined): { title: string; words: string } {
  if (token === "") return { title: text.missing.title, words: text.missing.text };
  if (outcome === undefined) return { title: text.ready.title, words: text.ready.text };
  return { title: outcome.isDone ? text.done.title : text.failed, words: outcome.text };
}

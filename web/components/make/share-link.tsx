"use client";
import { lazy, Suspense, useId, useState } from "react";
import { chatLink } from "../../device/routes.ts";
import { useCopy } from "../../hooks/use-copy.ts";
import { t } from "../../strings/index.ts";
import { Button } from "../ui/button.tsx";
import { Icon } from "../ui/icon.tsx";

// The encoder is needed by few and on a press only.
const QrCode = lazy(() => import("./qr-code.tsx"));

/** The link with everything one does with it: copy, the system's share sheet, a code to scan. */
export function ShareLink({ hash }: { hash: string }) {
  const link = chatLink(hash);
  const id = useId();
  const [copied, copy] = useCopy();
  const [codeShown, setCodeShown] = useState(false);
  const canShare = typeof navigator.share === "function";

  async function share() {
    try {
      // Only the link: the title and text of a share may end up where names should not be.
      await navigator.share({ url: link });
    } catch {
      // Closing the share sheet rejects too; there is nothing to tell.
    }
  }

  return (
    <div>
      <label htmlFor={id} className="mb-1.5 block text-sm font-semibold">
        {t.share.link}
      </label>
      <input
        id={id}
        readOnly
        value={link}
        onFocus={(event) => event.target.select()}
        dir="ltr"
        className="field h-13 w-full px-4 text-ellipsis"
      />
      <div className="mt-3 flex flex-wrap gap-2 [--pad:0.75rem]">
        <Button onClick={() => void copy(link)} className="grow whitespace-nowrap">
          <Icon name={copied === "yes" ? "check" : "copy"} />
          {copied === "yes" ? t.share.copied : t.share.copy}
        </Button>
        {canShare && (
          <Button look="quiet" onClick={() => void share()} className="grow whitespace-nowrap">
            <Icon name="share" />
            {t.share.native}
          </Button>
        )}
        <Button
          look="quiet"
          onClick={() => setCodeShown(!codeShown)}
          aria-expanded={codeShown}
          className={canShare ? "w-12 [--pad:0]" : "grow whitespace-nowrap"}
        >
          <Icon name="qr" />
          <span className={canShare ? "sr-only" : ""}>{t.share.showCode}</span>
        </Button>
      </div>
      <output className="sr-only">{copied === "yes" && t.share.copied}</output>
      {copied === "failed" && <p className="mt-2 text-sm text-danger">{t.share.copyFailed}</p>}
      {codeShown && (
        <Suspense>
          <QrCode text={link} />
        </Suspense>
      )}
      <p className="mt-3 text-sm text-pretty text-muted">{t.share.warning}</p>
    </div>
  );
}

"use client";
import type { ViewMessage } from "../../../client/types.ts";
import { t } from "../../strings/index.ts";
import { explainCode } from "../../text/explain.ts";
import { useChatScene } from "./chat-scene.ts";

const ACTION = "min-h-11 px-1.5 font-semibold text-ink underline underline-offset-2";

/** Why a message was not sent, and the two things one can do about it. */
export function FailedActions({ message: { id, error } }: { message: ViewMessage }) {
  const { conversation } = useChatScene();
  const why = error === undefined ? "" : explainCode(error.code, error.message);
  return (
    <div className="flex flex-wrap items-center justify-end gap-x-1 text-sm">
      <span className="text-end text-danger">{t.message.failed(why)}</span>
      <button type="button" onClick={() => conversation.retry(id)} className={ACTION}>
        {t.message.retry}
      </button>
      <button type="button" onClick={() => conversation.discard(id)} className={ACTION}>
        {t.message.discard}
      </button>
    </div>
  );
}

"use client";
import type { ViewMessage } from "../../../client/types.ts";
import { t } from "../../strings/index.ts";
import { useChatScene } from "./chat-scene.ts";

interface MessageQuoteProps {
  seq: number;
  /** Absent while its page isn't loaded. */
  quoted: ViewMessage | undefined;
  /** Whether it stands in a message of mine. */
  onMine: boolean;
}

/** The message that is answered, in short; pressing it goes there. */
export function MessageQuote({ seq, quoted, onMine }: MessageQuoteProps) {
  const { jumpTo } = useChatScene();
  const name = quoted?.mine === true ? t.message.you : quoted?.sender;
  return (
    <button
      type="button"
      tabIndex={-1}
      onClick={() => jumpTo(seq)}
      className={`mb-1.5 block w-full rounded-lg border-l-4 px-2.5 py-1.5 text-left text-sm ${onMine ? "border-white bg-black/20" : "border-peer bg-surface/60"}`}
    >
      <span className="sr-only">{t.message.jumpToQuote}</span>
      <QuotedText quoted={quoted} name={name} />
    </button>
  );
}

/** Who and the first line. Also shown above the composer. */
export function QuotedText({ quoted, name }: { quoted: ViewMessage | undefined; name: string | undefined }) {
  const gone = quoted === undefined || quoted.deletedAt !== undefined;
  return (
    <>
      {name !== undefined && (
        <span className="block truncate font-semibold">
          <bdi>{name}</bdi>
        </span>
      )}
      <span dir="auto" className={`block truncate ${gone ? "italic" : ""}`}>
        {quoted === undefined && t.message.quoteGone}
        {quoted !== undefined && (gone ? t.message.deleted : quoted.body)}
      </span>
    </>
  );
}

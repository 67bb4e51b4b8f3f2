"use client";
import type { ViewMessage } from "../../../client/types.ts";
import { t } from "../../strings/index.ts";
import { formatClock, formatPrecise } from "../../strings/time.ts";
import { isFewEmoji } from "../../text/emoji.ts";
import { MessageQuote } from "./message-quote.tsx";
import { MessageStatus } from "./message-status.tsx";
import { MessageText } from "./message-text.tsx";

interface MessageBubbleProps {
  message: ViewMessage;
  quoted: ViewMessage | undefined;
  textId: string;
  joinsBefore: boolean;
  joinsAfter: boolean;
}

export function MessageBubble({ message, quoted, textId, joinsBefore, joinsAfter }: MessageBubbleProps) {
  const deleted = message.deletedAt !== undefined;
  const large = !deleted && message.replyTo === undefined && isFewEmoji(message.body);
  return (
    <div
      className={`px-3.5 py-2 ${large ? "[--under:var(--paper)]" : look(message.mine)} ${corners(message.mine, joinsBefore, joinsAfter)}`}
    >
      {message.replyTo !== undefined && !deleted && (
        <MessageQuote seq={message.replyTo} quoted={quoted} onMine={message.mine} />
      )}
      <p
        dir="auto"
        className={`flow-root whitespace-pre-wrap [overflow-wrap:anywhere] ${large ? "text-5xl leading-tight" : ""} ${deleted ? "italic" : ""}`}
      >
        <span id={textId}>{deleted ? t.message.deleted : <MessageText body={message.body} mine={message.mine} />}</span>
        <Meta message={message} large={large} />
      </p>
    </div>
  );
}

/** When, whether it was edited, and how far it got: floats into the last line's free end. */
function Meta({ message, large }: { message: ViewMessage; large: boolean }) {
  let ink = "text-peer-tint-meta";
  if (large) ink = "text-muted";
  else if (message.mine) ink = "text-me-meta";
  return (
    <span className={`relative top-1 float-end ms-2.5 mt-1 text-xs leading-none not-italic select-none ${ink}`}>
      <bdi dir="ltr" className="inline-flex items-center gap-1">
        {message.editedAt !== undefined && message.deletedAt === undefined && <span>{t.message.edited}</span>}
        <time dateTime={new Date(message.at).toISOString()} title={formatPrecise(message.at)}>
          {formatClock(message.at)}
        </time>
        {message.mine && <MessageStatus state={message.state} />}
      </bdi>
    </span>
  );
}

function look(mine: boolean): string {
  return mine ? "bg-me-fill text-white [--under:var(--me-fill)]" : "bg-peer-tint text-ink";
}

/** Neighbours of one group lean on each other. */
function corners(mine: boolean, joinsBefore: boolean, joinsAfter: boolean): string {
  const before = joinsBefore ? (mine ? "rounded-tr-md" : "rounded-tl-md") : "";
  const after = joinsAfter ? (mine ? "rounded-br-md" : "rounded-bl-md") : "";
  return `rounded-[1.25rem] ${before} ${after}`;
}

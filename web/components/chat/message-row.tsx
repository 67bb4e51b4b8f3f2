"use client";
import { memo, useId, useRef } from "react";
import type { ViewMessage } from "../../../client/types.ts";
import { t } from "../../strings/index.ts";
import { dayOf, formatClock } from "../../strings/time.ts";
import { isChangeable } from "../../text/transcript.ts";
import { useChatScene } from "./chat-scene.ts";
import { FailedActions } from "./failed-actions.tsx";
import { MessageBubble } from "./message-bubble.tsx";
import { MessageReactions } from "./message-reactions.tsx";
import { RowActions } from "./row-actions.tsx";
import { Beginning, DaySeparator, UnreadSeparator } from "./row-separators.tsx";

/** Messages of one person within this time stand close together. */
const GROUP_MS = 5 * 60_000;

interface MessageRowProps {
  index: number;
  message: ViewMessage;
  before: ViewMessage | undefined;
  after: ViewMessage | undefined;
  /** The message this one answers, if it is loaded. */
  quoted: ViewMessage | undefined;
  /** Whether nothing was written before it. */
  isFirst: boolean;
  /** How many new messages begin here; 0 for none. */
  newAbove: number;
  highlighted: boolean;
  today: number;
}

/** One message with what stands above it. Renders again only when its own props change: see the list. */
export const MessageRow = memo(function MessageRow(props: MessageRowProps) {
  const { index, message, before, after, quoted, newAbove, highlighted, today } = props;
  const { openMenu } = useChatScene();
  const article = useRef<HTMLElement>(null);
  const textId = useId();
  const changeable = isChangeable(message);
  const day = dayOf(message.at);
  const newDay = before === undefined || dayOf(before.at) !== day;
  const joinsBefore = !newDay && newAbove === 0 && belongTogether(before, message);
  const joinsAfter = after !== undefined && dayOf(after.at) === day && belongTogether(message, after);

  function openMenuHere() {
    if (changeable && article.current !== null) openMenu(message, article.current);
  }

  return (
    <div className={`px-3 ${joinsBefore ? "pt-0.5" : "pt-2.5"}`}>
      {props.isFirst && <Beginning />}
      {newDay && <DaySeparator day={day} today={today} />}
      {newAbove > 0 && <UnreadSeparator count={newAbove} />}
      <div className={`group/row flex items-center gap-1 ${message.mine ? "flex-row-reverse" : ""}`}>
        <article
          ref={article}
          data-row={index}
          data-message={message.id}
          data-state={message.state}
          // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- reached with the arrow keys: use-row-keys.ts
          tabIndex={-1}
          aria-label={t.message.label(message.mine ? t.message.you : message.sender, formatClock(message.at))}
          aria-describedby={textId}
          className={`max-w-[min(85%,34rem)] touch-pan-y rounded-[1.25rem] pointer-coarse:select-none [-webkit-touch-callout:none] ${highlighted ? "animate-highlight" : ""}`}
        >
          <MessageBubble
            message={message}
            quoted={quoted}
            textId={textId}
            joinsBefore={joinsBefore}
            joinsAfter={joinsAfter}
          />
          <MessageReactions message={message} />
        </article>
        {changeable && <RowActions message={message} onMenu={openMenuHere} />}
      </div>
      {message.state === "failed" && <FailedActions message={message} />}
    </div>
  );
});

function belongTogether(earlier: ViewMessage | undefined, later: ViewMessage): boolean {
  return earlier !== undefined && earlier.sender === later.sender && later.at - earlier.at < GROUP_MS;
}

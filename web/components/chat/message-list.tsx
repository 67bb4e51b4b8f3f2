"use client";
import { useImperativeHandle, type Ref } from "react";
import { Virtualizer } from "virtua";
import type { ConversationView, ViewMessage } from "../../../client/types.ts";
import { useMessageScroll } from "../../hooks/use-message-scroll.ts";
import { useNow } from "../../hooks/use-now.ts";
import { usePrepended } from "../../hooks/use-prepended.ts";
import { indexOfRow, useRowKeys } from "../../hooks/use-row-keys.ts";
import { useTouchGestures } from "../../hooks/use-touch-gestures.ts";
import { useUnreadDivider } from "../../hooks/use-unread-divider.ts";
import { t } from "../../strings/index.ts";
import { dayOf, formatDay } from "../../strings/time.ts";
import { indexOfSeq, isChangeable, receivedAfter } from "../../text/transcript.ts";
import { useChatScene } from "./chat-scene.ts";
import { EmptyChat } from "./empty-chat.tsx";
import { JumpToEnd } from "./jump-to-end.tsx";
import { MessageRow } from "./message-row.tsx";
import { OlderPages } from "./older-pages.tsx";
import { Pill } from "./pill.tsx";
import { TypingBubble } from "./typing-bubble.tsx";

export interface MessageListHandle {
  /** Shows the newest message and takes the line "new messages" away. */
  toEnd: () => void;
  jumpTo: (seq: number) => Promise<void>;
}

interface MessageListProps {
  ref: Ref<MessageListHandle>;
  view: ConversationView;
  unread: number;
}

/** Every message, of which only those in sight are in the page. */
export function MessageList({ ref, view, unread }: MessageListProps) {
  const { conversation, peer, openMenu, reply } = useChatScene();
  const { messages } = view;
  const today = dayOf(useNow());
  const [dividerAfter, clearDivider] = useUnreadDivider(view);
  const news = dividerAfter === undefined ? [] : receivedAfter(messages, dividerAfter);
  const [firstNew] = news;
  const startAt = firstNew && messages.indexOf(firstNew);
  // With more new messages than are loaded, the line waits for the page where they really begin.
  const newsBegin = startAt !== 0 || !view.hasOlder;
  const { list, scroller, content, atEnd, topDay, highlighted, older, onScroll, toEnd, jumpTo } = useMessageScroll(
    conversation,
    view,
    startAt,
  );
  const prepended = usePrepended(messages);
  const openMenuOf = withMessage(openMenu);
  const onKeyDown = useRowKeys(list, messages.length, openMenuOf);
  useTouchGestures(scroller, openMenuOf, withMessage(reply));

  function withMessage(act: (message: ViewMessage, row: HTMLElement) => void) {
    return (row: HTMLElement) => {
      const message = messages[indexOfRow(row)];
      if (message !== undefined && isChangeable(message)) act(message, row);
    };
  }

  useImperativeHandle(ref, () => ({
    jumpTo,
    toEnd() {
      clearDivider();
      toEnd();
    },
  }));

  return (
    <div className="relative min-h-0 grow">
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- arrow keys move between the messages */}
      <div
        ref={scroller}
        role="log"
        aria-label={t.chat.log(peer)}
        // The announcer speaks: see there.
        aria-live="off"
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrollable area must be reachable
        tabIndex={0}
        onKeyDown={onKeyDown}
        className="h-full overflow-y-auto overscroll-contain -outline-offset-3 [overflow-anchor:none]"
      >
        {/* A short chat stands at the bottom, next to the composer. */}
        <div className="flex min-h-full flex-col justify-end pb-3">
          <div ref={content} className="shrink-0">
            {messages.length === 0 && <EmptyChat />}
            <Virtualizer ref={list} scrollRef={scroller} data={messages} shift={prepended} onScroll={onScroll}>
              {(message, index) => (
                <MessageRow
                  key={message.key}
                  index={index}
                  message={message}
                  before={messages[index - 1]}
                  after={messages[index + 1]}
                  quoted={quotedBy(messages, message)}
                  isFirst={index === 0 && !view.hasOlder}
                  newAbove={message === firstNew && newsBegin ? news.length : 0}
                  highlighted={message.key === highlighted}
                  today={today}
                />
              )}
            </Virtualizer>
            <TypingBubble names={view.typing} />
          </div>
        </div>
      </div>
      {topDay !== undefined && !atEnd && (
        <Pill className="pointer-events-none absolute inset-x-0 top-3 z-10" floating>
          {formatDay(topDay, today)}
        </Pill>
      )}
      <OlderPages loading={view.loadingOlder} failed={older.failed} onRetry={() => void older.load()} />
      {!atEnd && <JumpToEnd unread={unread} onJump={toEnd} />}
    </div>
  );
}

function quotedBy(messages: readonly ViewMessage[], { replyTo }: ViewMessage): ViewMessage | undefined {
  return replyTo === undefined ? undefined : messages[indexOfSeq(messages, replyTo)];
}

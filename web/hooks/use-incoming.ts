"use client";
import { useEffect, useRef, useState } from "react";
import type { ConversationView, ViewMessage } from "../../client/types.ts";
import { receivedAfter } from "../text/transcript.ts";

/**
 * The messages that came in last, while this page is open. What was there at the start is not news.
 *
 * @param onIncoming - called once for each batch of them
 */
export function useIncoming(
  { messages }: ConversationView,
  onIncoming: (messages: ViewMessage[]) => void,
): readonly ViewMessage[] {
  const [incoming, setIncoming] = useState<readonly ViewMessage[]>([]);
  const known = useRef<number>(undefined);

  useEffect(() => {
    const head = messages.findLast(({ seq }) => seq !== undefined)?.seq ?? 0;
    const news = known.current === undefined ? [] : receivedAfter(messages, known.current);
    known.current = Math.max(known.current ?? 0, head);
    if (news.length === 0) return;
    setIncoming(news);
    onIncoming(news);
  }, [messages, onIncoming]);

  return incoming;
}

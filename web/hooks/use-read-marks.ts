"use client";
import { useCallback, useEffect, type RefObject } from "react";
import type { VirtualizerHandle } from "virtua";
import type { Conversation, ConversationView } from "../../client/types.ts";
import { lastSeqUpTo } from "../text/transcript.ts";

/**
 * Marks as read what has been in sight of someone who is there: on a page that is visible and has the focus.
 *
 * @returns to be called whenever something else comes into sight
 */
export function useReadMarks(
  conversation: Conversation,
  { messages, readSeq }: ConversationView,
  listRef: RefObject<VirtualizerHandle | null>,
): () => void {
  const markRead = useCallback(() => {
    const handle = listRef.current;
    if (handle === null || document.visibilityState === "hidden" || !document.hasFocus()) return;
    const seq = lastSeqUpTo(messages, handle.findItemIndex(handle.scrollOffset + handle.viewportSize - 1));
    if (seq !== undefined && seq > readSeq) conversation.markRead(seq);
  }, [conversation, messages, readSeq, listRef]);

  useEffect(() => {
    // In the next frame a new row has its place.
    const frame = requestAnimationFrame(markRead);
    document.addEventListener("visibilitychange", markRead);
    window.addEventListener("focus", markRead);
    return () => {
      cancelAnimationFrame(frame);
      document.removeEventListener("visibilitychange", markRead);
      window.removeEventListener("focus", markRead);
    };
  }, [markRead]);

  return markRead;
}

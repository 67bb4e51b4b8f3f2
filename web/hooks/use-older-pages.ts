"use client";
import { useCallback, useEffect, useState, type RefObject } from "react";
import type { VirtualizerHandle } from "virtua";
import type { Conversation, ConversationView } from "../../client/types.ts";

/** Pixels from the start at which the next older page is asked for: before one sees that it is missing. */
const NEAR_START = 1_200;

export interface OlderPages {
  failed: boolean;
  load: () => Promise<void>;
  /** Loads a page when the start of the list is near and nothing stands against it. */
  loadIfNear: () => void;
}

/** Loads older messages while one scrolls up, one page at a time; after a failure only when asked to. */
export function useOlderPages(
  conversation: Conversation,
  { hasOlder, loadingOlder }: ConversationView,
  listRef: RefObject<VirtualizerHandle | null>,
  settled: boolean,
): OlderPages {
  const [failed, setFailed] = useState(false);

  const load = useCallback(async () => {
    try {
      await conversation.loadOlder();
      setFailed(false);
    } catch {
      setFailed(true);
    }
  }, [conversation]);

  const loadIfNear = useCallback(() => {
    const near = listRef.current !== null && listRef.current.scrollOffset < NEAR_START;
    if (near && settled && hasOlder && !loadingOlder && !failed) void load();
  }, [listRef, settled, hasOlder, loadingOlder, failed, load]);

  // A page may fill less than the window; then there is nothing to scroll yet.
  useEffect(() => {
    const frame = requestAnimationFrame(loadIfNear);
    return () => cancelAnimationFrame(frame);
  }, [loadIfNear]);

  return { failed, load, loadIfNear };
}

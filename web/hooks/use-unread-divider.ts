"use client";
import { useCallback, useEffect, useState } from "react";
import type { ConversationView } from "../../client/types.ts";
import { receivedAfter } from "../text/transcript.ts";

/**
 * After which `seq` the line "new messages" stands. It stays put while one reads: it moves when the page is hidden,
 * and goes when one answers.
 */
export function useUnreadDivider({ messages, readSeq }: ConversationView): [number | undefined, () => void] {
  const [after, setAfter] = useState(() => (receivedAfter(messages, readSeq).length > 0 ? readSeq : undefined));

  useEffect(() => {
    function remember() {
      if (document.visibilityState === "hidden") setAfter(readSeq);
    }
    document.addEventListener("visibilitychange", remember);
    return () => document.removeEventListener("visibilitychange", remember);
  }, [readSeq]);

  const clear = useCallback(() => setAfter(undefined), []);
  return [after, clear];
}

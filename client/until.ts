/** Waiting for something to show in a conversation, as a script or a test does. */
import type { Conversation, ConversationView } from "./types.ts";

/**
 * Resolves with the first view that fits: the present one, or a later one.
 *
 * @param timeoutMs - milliseconds to wait
 * @throws Error when none fits in time
 */
export function until(
  conversation: Conversation,
  fits: (view: ConversationView) => boolean,
  timeoutMs = 20_000,
): Promise<ConversationView> {
  return new Promise((resolve, reject) => {
    function end(act: () => void): void {
      clearTimeout(timer);
      unsubscribe();
      act();
    }
    function look(): void {
      const view = conversation.getView();
      if (fits(view)) end(() => resolve(view));
    }
    const timer = setTimeout(() => end(() => reject(new Error(`Nothing fitted in ${timeoutMs} ms.`))), timeoutMs);
    const unsubscribe = conversation.subscribe(look);
    look();
  });
}

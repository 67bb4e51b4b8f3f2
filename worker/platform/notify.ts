import type { InboxEvent } from "../../protocol/platform/inbox-events.ts";
import type { AppContext } from "../context.ts";
import { logUnexpected } from "../request-log.ts";
import { inboxOf } from "./inboxes.ts";

/**
 * Tells an account's devices what happened. Nothing waits for it, and it may get lost: whoever needs to know for sure
 * asks.
 */
export function notify(c: AppContext, accountId: string, event: InboxEvent): void {
  behindAnswer(c, () => inboxOf(c, accountId).notify(event));
}

/** Does what nobody waits for. Should it fail, that is logged. */
export function behindAnswer(c: AppContext, work: () => PromiseLike<void>): void {
  const done = Promise.resolve(work()).catch((error: unknown) => {
    logUnexpected(error instanceof Error ? error : new Error("unknown"), c);
  });
  c.executionCtx.waitUntil(done);
}

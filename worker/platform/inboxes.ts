import type { AppContext } from "../context.ts";

/** A stub is cheap, and one that threw must not be used again: each request takes its own. */
export function inboxOf(c: AppContext, accountId: string) {
  return c.env.INBOX.getByName(accountId);
}

/** The one conversation that two people have with each other. */
import { createHash } from "node:crypto";
import { findProfiles } from "../../drizzle/accounts.ts";
import { needingPostgres } from "../../durable-objects/circuit-breaker.ts";
import type { AppContext } from "../context.ts";
import { call, conversation } from "../conversations.ts";
import { storesOf } from "../stores.ts";

/** Objects that are being moved take a second call. */
const ATTEMPTS = 3;

/** Follows from the two accounts, whoever asks: however both race, there is one. It grants nothing. */
export function directConversationId(a: string, b: string): string {
  const digest = createHash("sha256")
    .update(["direct", ...[a, b].toSorted()].join(" "))
    .digest();
  // In the shape of a UUID of version 4, like all ids.
  digest[6] = ((digest[6] ?? 0) & 0x0f) | 0x40;
  digest[8] = ((digest[8] ?? 0) & 0x3f) | 0x80;
  const hex = Buffer.from(digest).toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join("-");
}

/**
 * Opens or closes the direct conversation of two people for writing, if there is one: as they become friends, or are
 * friends no more. What was written stays readable.
 *
 * @throws DuetError `UNAVAILABLE` when it can't be reached
 */
export async function setDirectOpen(c: AppContext, a: string, b: string, isOpen: boolean): Promise<void> {
  const id = directConversationId(a, b);
  const profiles = isOpen ? await needingPostgres(() => findProfiles(storesOf(c.env).db, [a, b])) : [];
  for (let attempt = 1; ; attempt += 1) {
    try {
      await call(conversation(c, id).setOpen(isOpen, profiles));
      return;
    } catch (error) {
      // The friendship has changed already, so nobody may come back to do it again.
      if (attempt === ATTEMPTS) throw error;
    }
  }
}

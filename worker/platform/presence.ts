import type { Presence } from "../../durable-objects/inbox/inbox.ts";
import type { AppContext } from "../context.ts";
import { inboxOf } from "./inboxes.ts";

/**
 * Who of these people is there. Asks each one's object: a page of people at the most.
 *
 * @returns by account id; whose object can't be reached is away
 */
export async function presenceOf(c: AppContext, accountIds: readonly string[]): Promise<Map<string, Presence>> {
  const entries = accountIds.map(async (id): Promise<[string, Presence]> => {
    try {
      const { online, last_seen } = await inboxOf(c, id).presence();
      return [id, { online, last_seen }];
    } catch {
      return [id, { online: false, last_seen: null }];
    }
  });
  return new Map(await Promise.all(entries));
}

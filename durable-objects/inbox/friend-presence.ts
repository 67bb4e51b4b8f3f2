/**
 * Tells an account's friends that it came or went: one query and a call for each friend, with the first device and
 * after the last, on nobody's way. Best effort: who needs to know for sure asks for the list of friends.
 */
import type { Db } from "../../drizzle/client.ts";
import { listFriends } from "../../drizzle/friends.ts";
import type { InboxEvent } from "../../protocol/platform/inbox-events.ts";
import { breakers } from "../circuit-breaker.ts";
import type { AccountPresence } from "./account-presence.ts";

/** Friends that are told; of more, those with the lowest ids. */
const FRIENDS_MAX = 500;
/** Milliseconds after the last device has left: a reload, or a line that flaps, is no news. */
const GONE_AFTER_MS = 5_000;

interface Options {
  accountId: string;
  db: Db;
  inboxes: Env["INBOX"];
  presence: AccountPresence;
  isOnline: () => boolean;
  wakeBy: (at: number) => void;
}

export class FriendPresence {
  readonly #options: Options;

  constructor(options: Options) {
    this.#options = options;
  }

  /** To be called when the first device has come or the last one left, and from the alarm. */
  look(now = Date.now()): void {
    const { presence, isOnline, wakeBy } = this.#options;
    const online = isOnline();
    if (online === presence.wasToldOnline) return;
    const lastSeen = presence.lastSeen ?? now;
    if (!online && now < lastSeen + GONE_AFTER_MS) return wakeBy(lastSeen + GONE_AFTER_MS);
    presence.noteTold(online);
    void this.#tell(online, online ? null : lastSeen);
  }

  async #tell(online: boolean, lastSeen: number | null): Promise<void> {
    const { accountId, db, inboxes } = this.#options;
    const event: InboxEvent = { type: "friend_presence", account_id: accountId, online, last_seen: lastSeen };
    try {
      const friends = await breakers.postgres.run(() => listFriends(db, accountId, FRIENDS_MAX));
      await Promise.allSettled(friends.map(({ id }) => inboxes.getByName(id).notify(event)));
    } catch {
      // Without Postgres nobody is told.
    }
  }
}

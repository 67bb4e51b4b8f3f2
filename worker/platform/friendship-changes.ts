import { needingPostgres } from "../../durable-objects/circuit-breaker.ts";
import { areFriends } from "../../drizzle/friends.ts";
import type { AppContext } from "../context.ts";
import { storesOf } from "../stores.ts";
import { setDirectOpen } from "./direct-conversations.ts";
import { notify } from "./notify.ts";

interface Friend {
  id: string;
  username: string;
}

/**
 * Called whenever a friendship has begun or ended, before the request is answered: opens or closes what the two write
 * to each other, and tells both.
 */
export async function friendshipChanged(c: AppContext, a: Friend, b: Friend, isFriendship: boolean): Promise<void> {
  await settleDirect(c, a.id, b.id);
  const state = isFriendship ? "added" : "removed";
  notify(c, a.id, { type: "friend", account_id: b.id, username: b.username, state });
  notify(c, b.id, { type: "friend", account_id: a.id, username: a.username, state });
}

/**
 * Makes the direct conversation of two people open while they are friends, closed while they are not. Doing it again
 * changes nothing: whoever repeats a request whose answer was `UNAVAILABLE` repeats this too.
 */
export async function settleDirect(c: AppContext, a: string, b: string): Promise<void> {
  const areFriendsNow = () => needingPostgres(() => areFriends(storesOf(c.env).db, a, [b]));
  const isOpen = await areFriendsNow();
  await setDirectOpen(c, a, b, isOpen);
  // Another change may have overtaken this one on the way to the object.
  if ((await areFriendsNow()) !== isOpen) await settleDirect(c, a, b);
}

/** Friends. How one becomes friends is in invites.ts. */
import * as z from "zod/mini";
import { needingPostgres } from "../../durable-objects/circuit-breaker.ts";
import { listFriends, removeFriendship } from "../../drizzle/friends.ts";
import { DuetError } from "../../protocol/errors.ts";
import { Uuid } from "../../protocol/platform/fields.ts";
import { PageQuery } from "../../protocol/platform/page.ts";
import type { FriendsPage } from "../../protocol/platform/people.ts";
import { readQuery } from "../body.ts";
import type { AppContext } from "../context.ts";
import { storesOf } from "../stores.ts";
import { friendshipChanged, settleDirect } from "./friendship-changes.ts";
import { tellInvites } from "./invite-views.ts";
import { readCursor, toPage } from "./page.ts";
import { toPerson } from "./people.ts";
import { presenceOf } from "./presence.ts";
import { callerOf } from "./require-account.ts";

const Cursor = z.tuple([Uuid]);

export async function friends(c: AppContext) {
  const { accountId } = callerOf(c);
  const { limit, cursor } = readQuery(c, PageQuery);
  const [after] = readCursor(Cursor, cursor) ?? [];
  const rows = await needingPostgres(() => listFriends(storesOf(c.env).db, accountId, limit + 1, after));
  const { items, nextCursor } = toPage(rows, limit, ({ id }) => [id]);
  const presence = await presenceOf(
    c,
    items.map(({ id }) => id),
  );
  const answer: FriendsPage = {
    friends: items.map((friend) => ({
      ...toPerson(friend),
      friends_since: friend.createdAt.getTime(),
      online: presence.get(friend.id)?.online ?? false,
      last_seen: presence.get(friend.id)?.last_seen ?? null,
    })),
    next_cursor: nextCursor,
  };
  return c.json(answer);
}

export async function removeFriend(c: AppContext) {
  const { accountId, username } = callerOf(c);
  const id = Uuid.safeParse(c.req.param("id"));
  if (!id.success) throw new DuetError("FRIEND_UNKNOWN");
  const { friend, closed } = await needingPostgres(() => removeFriendship(storesOf(c.env).db, accountId, id.data));
  tellInvites(c, closed, [accountId, id.data]);
  if (!friend) {
    await settleDirect(c, accountId, id.data);
    throw new DuetError("FRIEND_UNKNOWN");
  }
  await friendshipChanged(c, { id: accountId, username }, friend, false);
  return c.body(null, 204);
}

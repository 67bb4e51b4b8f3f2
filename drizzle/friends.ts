/** Being friends: begins with an invite that is accepted (invites.ts), ends by either's wish. */
import { and, asc, eq, gt, inArray, sql } from "drizzle-orm";
import { unionAll } from "drizzle-orm/pg-core";
import { accounts } from "./accounts-schema.ts";
import type { Db } from "./client.ts";
import { friendships } from "./friends-schema.ts";
import { closeInvites, idsOf } from "./invites-between.ts";
import { high, lockPair, low } from "./pairs.ts";
import { type Person, personColumns } from "./people.ts";

export interface Friend extends Person {
  /** Since when. */
  createdAt: Date;
}

/** Whether somebody is a friend of each of the others. */
export async function areFriends(db: Db, accountId: string, others: readonly string[]): Promise<boolean> {
  const wanted = [...new Set(others)];
  if (wanted.length === 0) return true;
  const found = await unionAll(
    db
      .select({ id: friendships.high })
      .from(friendships)
      .where(and(eq(friendships.low, accountId), inArray(friendships.high, wanted))),
    db
      .select({ id: friendships.low })
      .from(friendships)
      .where(and(eq(friendships.high, accountId), inArray(friendships.low, wanted))),
  );
  return found.length === wanted.length;
}

/**
 * Somebody's friends in the order of their ids.
 *
 * @param limit - friends at the most
 * @param after - id at which the page before ended
 */
export async function listFriends(db: Db, accountId: string, limit: number, after?: string): Promise<Friend[]> {
  const halves = [half(db, accountId, "low", limit, after), half(db, accountId, "high", limit, after)] as const;
  const friends = unionAll(...halves).as("friends");
  return db
    .select({ ...personColumns, createdAt: friends.createdAt })
    .from(friends)
    .innerJoin(accounts, eq(accounts.id, friends.id))
    .orderBy(asc(friends.id))
    .limit(limit);
}

/** Those whose ids are higher, or lower, than somebody's own. */
function half(db: Db, accountId: string, side: "low" | "high", limit: number, after: string | undefined) {
  const [friend, own] = side === "high" ? [friendships.high, friendships.low] : [friendships.low, friendships.high];
  return db
    .select({ id: friend, createdAt: friendships.createdAt })
    .from(friendships)
    .where(and(eq(own, accountId), after === undefined ? undefined : gt(friend, after)))
    .orderBy(asc(friend))
    .limit(limit);
}

/**
 * Ends a friendship, and with it what either has sent to the other's address: nobody becomes friends again by an old
 * invite.
 *
 * @returns who the other is, undefined when they were no friends; and which invites ended
 */
export async function removeFriendship(
  db: Db,
  accountId: string,
  friendId: string,
): Promise<{ friend: Person | undefined; closed: string[] }> {
  const [, , removed, closed, [friend]] = await db.batch([
    ...lockPair(db, accountId, friendId),
    deleteFriendship(db, accountId, friendId),
    closeInvites(db, accountId, friendId, ["friend", "email"]),
    db.select(personColumns).from(accounts).where(eq(accounts.id, friendId)),
  ]);
  return { friend: removed.length > 0 ? friend : undefined, closed: idsOf(closed.rows) };
}

export function deleteFriendship(db: Db, a: string, b: string) {
  return db
    .delete(friendships)
    .where(sql`(${friendships.low}, ${friendships.high}) = (${low(a, b)}, ${high(a, b)})`)
    .returning({ low: friendships.low });
}

/** Following and being followed. */
import { and, eq, sql } from "drizzle-orm";
import { accounts } from "./accounts-schema.ts";
import type { Db } from "./client.ts";
import { follows } from "./follows-schema.ts";
import { newestFirst, olderThan, type TimeKey } from "./keyset.ts";
import { lockPair, mayMeet } from "./pairs.ts";
import { isVisibleTo, type Person, personColumns } from "./people.ts";

/**
 * Doing it again changes nothing.
 *
 * @param max - people that one may follow
 * @returns `unknown` when one of the two is deleted or has blocked the other
 */
export async function follow(
  db: Db,
  followerId: string,
  followedId: string,
  max: number,
): Promise<"following" | "too many" | "unknown"> {
  const [, , , following, { rows }] = await db.batch([
    ...lockPair(db, followerId, followedId),
    db.execute(sql`
      insert into ${follows} (follower_id, followed_id, created_at)
      select ${followerId}::uuid, ${followedId}::uuid, now()
      where ${mayMeet(followerId, followedId)}
        and (select count(*) from ${follows} where follower_id = ${followerId}) < ${max}
      on conflict do nothing`),
    db.select().from(follows).where(isFollow(followerId, followedId)),
    db.execute<{ mayMeet: boolean }>(sql`select ${mayMeet(followerId, followedId)} as "mayMeet"`),
  ]);
  if (following.length > 0) return "following";
  return rows[0]?.mayMeet ? "too many" : "unknown";
}

export async function unfollow(db: Db, followerId: string, followedId: string): Promise<void> {
  await db.delete(follows).where(isFollow(followerId, followedId));
}

function isFollow(followerId: string, followedId: string) {
  return and(eq(follows.followerId, followerId), eq(follows.followedId, followedId));
}

export interface Followed extends Person {
  /** Since when. */
  createdAt: Date;
}

/**
 * One side of who follows whom, newest first, without those who blocked the viewer.
 *
 * @param side - the `followers` of an account, or whom it is `following`
 * @param limit - people at the most
 */
export async function listFollows(
  db: Db,
  viewerId: string,
  side: "followers" | "following",
  accountId: string,
  limit: number,
  after?: TimeKey,
): Promise<Followed[]> {
  const isFollowers = side === "followers";
  const [own, other] = isFollowers
    ? [follows.followedId, follows.followerId]
    : [follows.followerId, follows.followedId];
  return db
    .select({ ...personColumns, createdAt: follows.createdAt })
    .from(follows)
    .innerJoin(accounts, eq(accounts.id, other))
    .where(and(eq(own, accountId), olderThan(follows.createdAt, other, after), isVisibleTo(viewerId)))
    .orderBy(...newestFirst(follows.createdAt, other))
    .limit(limit);
}

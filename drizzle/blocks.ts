/** Blocking: whom somebody has blocked finds, sees, follows and invites them no more. */
import { and, eq, sql } from "drizzle-orm";
import { accounts } from "./accounts-schema.ts";
import { blocks } from "./blocks-schema.ts";
import type { Db } from "./client.ts";
import { follows } from "./follows-schema.ts";
import { deleteFriendship } from "./friends.ts";
import { closeInvites, idsOf } from "./invites-between.ts";
import { newestFirst, olderThan, type TimeKey } from "./keyset.ts";
import { hasBlocked, lockPair } from "./pairs.ts";

/**
 * Blocks somebody, and ends friendship, follows and open invites between the two. Doing it again changes nothing.
 *
 * @returns whether it is done: not when they were deleted, or blocked the blocker first; whether a friendship ended, and
 *   which invites
 */
export async function block(
  db: Db,
  blockerId: string,
  blockedId: string,
): Promise<{ isBlocked: boolean; wasFriend: boolean; closed: string[] }> {
  const [, , , , friends, closed, blocked] = await db.batch([
    ...lockPair(db, blockerId, blockedId),
    db.execute(sql`
      insert into ${blocks} (blocker_id, blocked_id, created_at)
      select ${blockerId}::uuid, ${blockedId}::uuid, now()
      where (select count(*) from ${accounts} where id in (${blockerId}, ${blockedId}) and deleted_at is null) = 2
        and not ${hasBlocked(sql`${blockedId}`, sql`${blockerId}`)}
      on conflict do nothing`),
    // Had they blocked the blocker first, there would be nothing left for these to end.
    db.delete(follows).where(
      sql`(${follows.followerId}, ${follows.followedId}) in (
        (${blockerId}::uuid, ${blockedId}::uuid), (${blockedId}::uuid, ${blockerId}::uuid))`,
    ),
    deleteFriendship(db, blockerId, blockedId),
    closeInvites(db, blockerId, blockedId, ["friend", "group", "email"]),
    db.select().from(blocks).where(isBlock(blockerId, blockedId)),
  ]);
  return { isBlocked: blocked.length > 0, wasFriend: friends.length > 0, closed: idsOf(closed.rows) };
}

/** @returns whether there was a block */
export async function unblock(db: Db, blockerId: string, blockedId: string): Promise<boolean> {
  const rows = await db.delete(blocks).where(isBlock(blockerId, blockedId)).returning({ id: blocks.blockedId });
  return rows.length > 0;
}

function isBlock(blockerId: string, blockedId: string) {
  return and(eq(blocks.blockerId, blockerId), eq(blocks.blockedId, blockedId));
}

/**
 * Whom somebody has blocked, newest first.
 *
 * @param limit - people at the most
 */
export async function listBlocks(db: Db, blockerId: string, limit: number, after?: TimeKey) {
  return db
    .select({ id: accounts.id, username: accounts.username, createdAt: blocks.createdAt })
    .from(blocks)
    .innerJoin(accounts, eq(accounts.id, blocks.blockedId))
    .where(and(eq(blocks.blockerId, blockerId), olderThan(blocks.createdAt, blocks.blockedId, after)))
    .orderBy(...newestFirst(blocks.createdAt, blocks.blockedId))
    .limit(limit);
}

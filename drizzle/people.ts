/** Accounts as others see them. */
import { and, eq, gt, gte, isNull, lt, ne, type SQL, sql } from "drizzle-orm";
import { accounts } from "./accounts-schema.ts";
import { blocks } from "./blocks-schema.ts";
import type { Db } from "./client.ts";
import { follows } from "./follows-schema.ts";
import { friendships } from "./friends-schema.ts";
import { hasBlocked } from "./pairs.ts";

/** What everybody may know of somebody. */
export const personColumns = { id: accounts.id, username: accounts.username, displayName: accounts.displayName };

export interface Person {
  id: string;
  username: string;
  displayName: string;
}

/** An account as one other sees it. */
export interface Profile extends Person {
  isFriend: boolean;
  isFollowing: boolean;
  isBlocked: boolean;
}

/** That an account is there for the viewer: neither deleted, nor has its owner blocked them. */
export function isVisibleTo(viewerId: string): SQL | undefined {
  return and(isNull(accounts.deletedAt), sql`not ${hasBlocked(sql`${accounts.id}`, sql`${viewerId}`)}`);
}

/** @returns the account as the viewer may see it, or undefined */
export async function findProfile(
  db: Db,
  viewerId: string,
  by: "id" | "username",
  name: string,
): Promise<Profile | undefined> {
  const viewer = sql`${viewerId}::uuid`;
  const [row] = await db
    .select({
      ...personColumns,
      isFriend: sql<boolean>`exists (
        select 1 from ${friendships} where (low, high) = (least(${viewer}, id), greatest(${viewer}, id)))`,
      isFollowing: sql<boolean>`exists (
        select 1 from ${follows} where follower_id = ${viewer} and followed_id = id)`,
      isBlocked: sql<boolean>`exists (
        select 1 from ${blocks} where blocker_id = ${viewer} and blocked_id = id)`,
    })
    .from(accounts)
    .where(and(eq(accounts[by], name), isVisibleTo(viewerId)));
  return row;
}

/**
 * Who wants to be found, by how their username begins; in the order of usernames.
 *
 * @param prefix - of what a username may be made of
 * @param limit - people at the most
 * @param after - username at which the page before ended
 */
export async function searchPeople(
  db: Db,
  viewerId: string,
  prefix: string,
  limit: number,
  after?: string,
): Promise<Person[]> {
  // By bytes, as the index is. No username has a character behind "z", which "~" is.
  const username = sql`${accounts.username} collate "C"`;
  return db
    .select(personColumns)
    .from(accounts)
    .where(
      and(
        eq(accounts.discoverable, true),
        gte(username, prefix),
        lt(username, `${prefix}~`),
        after === undefined ? undefined : gt(username, after),
        ne(accounts.id, viewerId),
        isVisibleTo(viewerId),
      ),
    )
    .orderBy(username)
    .limit(limit);
}

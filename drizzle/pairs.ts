/** What is between two people: decided one transaction at a time, and only while both are there. */
import { type SQL, sql } from "drizzle-orm";
import { accounts } from "./accounts-schema.ts";
import { blocks } from "./blocks-schema.ts";
import type { Db } from "./client.ts";
import { friendships } from "./friends-schema.ts";

/**
 * The first statements of a transaction that changes what is between two people. What follows sees all that other such
 * transactions did, and neither account is deleted meanwhile: that would wait, and then clean up.
 */
export function lockPair(db: Db, a: string, b: string) {
  return [
    lock(db, [a, b].toSorted().join(" ")),
    db.execute(sql`select 1 from ${accounts} where id in (${a}, ${b}) order by id for share`),
  ] as const;
}

/** Waits for every other transaction that names the same key, and keeps those that come later waiting. */
export function lock(db: Db, key: string) {
  return db.execute(sql`select pg_advisory_xact_lock(hashtextextended(${key}, 0))`);
}

/** Whether there are two such accounts, neither of which has blocked the other. */
export function mayMeet(a: string, b: string): SQL<boolean> {
  return sql`(
    (select count(*) from ${accounts} where id in (${a}, ${b}) and deleted_at is null) = 2
    and not ${hasBlocked(sql`${a}`, sql`${b}`)} and not ${hasBlocked(sql`${b}`, sql`${a}`)}
  )`;
}

export function hasBlocked(blockerId: SQL, blockedId: SQL): SQL<boolean> {
  return sql`exists (select 1 from ${blocks} where blocker_id = ${blockerId} and blocked_id = ${blockedId})`;
}

export function isFriendship(a: string, b: string): SQL<boolean> {
  return sql`exists (select 1 from ${friendships} where (low, high) = (${low(a, b)}, ${high(a, b)}))`;
}

export function low(a: string, b: string): SQL {
  return sql`least(${a}::uuid, ${b}::uuid)`;
}

export function high(a: string, b: string): SQL {
  return sql`greatest(${a}::uuid, ${b}::uuid)`;
}

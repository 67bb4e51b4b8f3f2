/** What becomes of an invite. It leaves `pending` once: every change asks for it, so of two at once one wins. */
import { and, eq, gt, isNotNull, or, type SQL, sql } from "drizzle-orm";
import type { Db } from "./client.ts";
import { idsOf, settleInvites } from "./invites-between.ts";
import { invites } from "./invites-schema.ts";
import { lockPair, mayMeet } from "./pairs.ts";

const isPending = and(eq(invites.status, "pending"), gt(invites.expiresAt, sql`now()`));

/**
 * Accepts an invite between two people, whichever meets the condition, and makes them friends.
 *
 * @returns a statement whose rows say which invites were accepted, and whether they were no friends before
 */
export function befriend(db: Db, a: string, b: string, condition: SQL) {
  return db.execute<{ id: string; isNew: boolean }>(sql`
    with accepted as (
      update ${invites} set status = 'accepted', slot = null
      where ${condition} and status = 'pending' and expires_at > now() and ${mayMeet(a, b)}
      returning id, from_id, to_id
    ), begun as (
      insert into friendships (low, high, created_at)
      select distinct least(from_id, to_id), greatest(from_id, to_id), now() from accepted
      on conflict do nothing returning low
    )
    select id, exists (select 1 from begun) as "isNew" from accepted`);
}

/**
 * Accepts an invite to be friends, and all else that wanted the same.
 *
 * @returns whether a friendship began by it, and the invites that were accepted; undefined when it was no longer open
 */
export async function acceptFriendInvite(
  db: Db,
  { id, fromId, toId }: { id: string; fromId: string; toId: string },
): Promise<{ isNew: boolean; changed: string[] } | undefined> {
  const [, , { rows }, settled] = await db.batch([
    ...lockPair(db, fromId, toId),
    befriend(db, fromId, toId, sql`id = ${id} and to_id = ${toId} and kind in ('friend', 'email')`),
    settleInvites(db, fromId, toId),
  ]);
  const [accepted] = rows;
  return accepted && { isNew: accepted.isNew, changed: idsOf(rows, settled.rows) };
}

/**
 * Accepts an invite to a group. It keeps its slot until `settleGroupInvite`: whoever fails in between asks again.
 *
 * @returns whether it is the invitee's to join the group now
 */
export async function acceptGroupInvite(db: Db, id: string): Promise<boolean> {
  const isUnsettled = and(eq(invites.status, "accepted"), isNotNull(invites.slot), gt(invites.expiresAt, sql`now()`));
  const changed = await change(db, { status: "accepted" }, and(eq(invites.id, id), or(isPending, isUnsettled)));
  return changed.length > 0;
}

/**
 * @param status - what became of it: the group may be gone
 * @returns the invite
 */
export function settleGroupInvite(db: Db, id: string, status: "accepted" | "cancelled"): Promise<string[]> {
  return change(db, { status, slot: null }, eq(invites.id, id));
}

/**
 * Rejects an invite. One to an address keeps its slot, and looks pending to its sender: see `closeInvites`.
 *
 * @returns the invite, if it was open
 */
export function rejectInvite(db: Db, id: string): Promise<string[]> {
  const slot = sql`case when ${invites.kind} = 'email' then ${invites.slot} end`;
  return change(db, { status: "rejected", slot }, and(eq(invites.id, id), isPending));
}

/**
 * Takes an invite back. One to an address also when it was rejected, which its sender does not know.
 *
 * @returns the invite, if it was open as its sender sees it
 */
export function cancelInvite(db: Db, id: string): Promise<string[]> {
  const looksPending = and(
    eq(invites.kind, "email"),
    eq(invites.status, "rejected"),
    gt(invites.expiresAt, sql`now()`),
  );
  return change(db, { status: "cancelled", slot: null }, and(eq(invites.id, id), or(isPending, looksPending)));
}

async function change(
  db: Db,
  values: Parameters<ReturnType<typeof db.update<typeof invites>>["set"]>[0],
  condition: SQL | undefined,
): Promise<string[]> {
  const rows = await db.update(invites).set(values).where(condition).returning({ id: invites.id });
  return idsOf(rows);
}

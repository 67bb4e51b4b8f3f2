/** Sending invites. Of invites for the same there is one at a time, however many are sent at once. */
import { and, eq, sql } from "drizzle-orm";
import { emailKey } from "../protocol/platform/fields.ts";
import type { InviteKind } from "../protocol/platform/invites.ts";
import { accounts } from "./accounts-schema.ts";
import type { Db } from "./client.ts";
import { befriend } from "./invite-answers.ts";
import { idsOf, settleInvites } from "./invites-between.ts";
import { invites } from "./invites-schema.ts";
import { hasBlocked, isFriendship, lock, lockPair, mayMeet } from "./pairs.ts";

interface NewInvite {
  id: string;
  fromId: string;
  expiresAt: Date;
}

/**
 * What became of an invite: it was `sent`, or `there` is an open one for the same, or the other's crossed it and was
 * `accepted`. `id` is the invite's that counts.
 */
export interface Sent {
  outcome: "sent" | "there" | "accepted";
  id: string;
  /** Who sent the invite that counts. */
  fromId: string;
  /** The invites that are not what they were before. */
  changed: string[];
}

/** @returns undefined when they are friends, one was deleted, or one has blocked the other */
export async function sendFriendInvite(db: Db, invite: NewInvite & { toId: string }): Promise<Sent | undefined> {
  const { id, fromId, toId, expiresAt } = invite;
  const slot = slotOf("friend", ...[fromId, toId].toSorted());
  const [, , , crossed, settled, inserted, open] = await db.batch([
    ...lockPair(db, fromId, toId),
    freeSlot(db, slot),
    befriend(db, fromId, toId, sql`from_id = ${toId} and to_id = ${fromId} and kind in ('friend', 'email')`),
    settleInvites(db, fromId, toId),
    db.execute<{ id: string }>(sql`
      insert into ${invites} (id, kind, from_id, to_id, slot, created_at, expires_at)
      select ${id}::uuid, 'friend', ${fromId}::uuid, ${toId}::uuid, ${slot}, now(), ${expiresAt.toISOString()}::timestamptz
      where ${mayMeet(fromId, toId)} and not ${isFriendship(fromId, toId)}
      on conflict do nothing returning id`),
    openInvite(db, slot),
  ]);
  const [accepted] = crossed.rows;
  if (accepted) {
    return { outcome: "accepted", id: accepted.id, fromId: toId, changed: idsOf(crossed.rows, settled.rows) };
  }
  return toSent(inserted.rows, open);
}

/** @returns undefined when one was deleted, or one has blocked the other */
export async function sendGroupInvite(
  db: Db,
  invite: NewInvite & { toId: string; conversationId: string },
): Promise<Sent | undefined> {
  const { id, fromId, toId, conversationId, expiresAt } = invite;
  const slot = slotOf("group", conversationId, toId);
  const [, , , inserted, open] = await db.batch([
    ...lockPair(db, fromId, toId),
    freeSlot(db, slot),
    db.execute<{ id: string }>(sql`
      insert into ${invites} (id, kind, from_id, to_id, conversation_id, slot, created_at, expires_at)
      select ${id}::uuid, 'group', ${fromId}::uuid, ${toId}::uuid, ${conversationId}::uuid, ${slot}, now(),
        ${expiresAt.toISOString()}::timestamptz
      where ${mayMeet(fromId, toId)}
      on conflict do nothing returning id`),
    openInvite(db, slot),
  ]);
  return toSent(inserted.rows, open);
}

/**
 * Does the same whether or not the address has an account. If it has, the invite is for that account, unless one of
 * the two has blocked the other; else for whoever verifies the address: see `claimInvites`.
 *
 * @returns undefined when the sender was deleted
 */
export async function sendEmailInvite(db: Db, invite: NewInvite & { email: string }): Promise<Sent | undefined> {
  const { id, fromId, email, expiresAt } = invite;
  const key = emailKey(email);
  const slot = slotOf("email", fromId, key);
  const from = sql`${fromId}::uuid`;
  const [, , inserted, open] = await db.batch([
    lockEmail(db, email),
    freeSlot(db, slot),
    db.execute<{ id: string }>(sql`
      insert into ${invites} (id, kind, from_id, to_id, email, email_key, slot, created_at, expires_at)
      select ${id}::uuid, 'email', id, (
        select a.id from ${accounts} as a
        where a.email_key = ${key} and a.email_verified_at is not null and a.id <> ${from}
          and not ${hasBlocked(sql`a.id`, from)} and not ${hasBlocked(from, sql`a.id`)}
      ), ${email}, ${key}, ${slot}, now(), ${expiresAt.toISOString()}::timestamptz
      from ${accounts} where id = ${from} and deleted_at is null for share
      on conflict do nothing returning id`),
    openInvite(db, slot),
  ]);
  return toSent(inserted.rows, open);
}

/** Whether an invite of this account may go to an address: not when who has verified it has blocked them. */
export async function mayMailInvite(db: Db, fromId: string, email: string): Promise<boolean> {
  const rows = await db
    .select({ id: accounts.id })
    .from(accounts)
    .where(
      and(
        eq(accounts.emailKey, emailKey(email)),
        sql`${accounts.emailVerifiedAt} is not null`,
        hasBlocked(sql`${accounts.id}`, sql`${fromId}`),
      ),
    );
  return rows.length === 0;
}

/** Before an address is invited or verified: neither misses the other. */
export function lockEmail(db: Db, email: string) {
  return lock(db, `email ${emailKey(email)}`);
}

/** Makes what was sent to an address invites for the account that has just verified it. Its rows are those. */
export function claimInvites(db: Db, accountId: string, email: string) {
  const key = emailKey(email);
  const account = sql`${accountId}::uuid`;
  return db.execute<{ id: string }>(sql`
    update ${invites} set to_id = ${account}
    where email_key = ${key} and to_id is null and status = 'pending' and from_id <> ${account}
      and exists (
        select 1 from ${accounts} where id = ${account} and email_key = ${key} and email_verified_at is not null)
      and not ${hasBlocked(sql`from_id`, account)} and not ${hasBlocked(account, sql`from_id`)}
    returning id`);
}

function slotOf(kind: InviteKind, ...parts: string[]): string {
  return [kind, ...parts].join(" ");
}

/** What has expired makes room. */
function freeSlot(db: Db, slot: string) {
  return db.execute(sql`
    update ${invites} set slot = null, status = case when status = 'pending' then 'expired' else status end
    where slot = ${slot} and expires_at <= now()`);
}

function openInvite(db: Db, slot: string) {
  return db.select({ id: invites.id, fromId: invites.fromId }).from(invites).where(eq(invites.slot, slot));
}

function toSent(
  inserted: readonly { id: string }[],
  open: readonly { id: string; fromId: string }[],
): Sent | undefined {
  const [there] = open;
  return there && { outcome: inserted.length > 0 ? "sent" : "there", ...there, changed: idsOf(inserted) };
}

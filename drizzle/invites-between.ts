/** What becomes of open invites when something else happens between two people. */
import { sql } from "drizzle-orm";
import type { InviteKind } from "../protocol/platform/invites.ts";
import type { Db } from "./client.ts";
import { invites } from "./invites-schema.ts";
import { isFriendship } from "./pairs.ts";

/** Invites between two people, in either direction, that wait for an answer. */
function isOpenBetween(a: string, b: string, kinds: readonly InviteKind[]) {
  return sql`status = 'pending' and kind in ${kinds}
    and (from_id, to_id) in ((${a}::uuid, ${b}::uuid), (${b}::uuid, ${a}::uuid))`;
}

/**
 * Closes invites without an answer. One to an address closes as if it had been rejected, which its sender does not see:
 * that it ends would tell whose address it is.
 *
 * @returns a statement whose rows are those invites
 */
export function closeInvites(db: Db, a: string, b: string, kinds: readonly InviteKind[]) {
  return db.execute<{ id: string }>(sql`
    update ${invites} set
      status = case when kind = 'email' then 'rejected' else 'cancelled' end,
      slot = case when kind = 'email' then slot end
    where ${isOpenBetween(a, b, kinds)} returning id`);
}

/** Where two have become friends, all else that wanted them to be is accepted too. Its rows are those invites. */
export function settleInvites(db: Db, a: string, b: string) {
  return db.execute<{ id: string }>(sql`
    update ${invites} set status = 'accepted', slot = null
    where ${isOpenBetween(a, b, ["friend", "email"])} and expires_at > now() and ${isFriendship(a, b)}
    returning id`);
}

/** The invites that statements changed. */
export function idsOf(...rows: readonly (readonly { id: string }[])[]): string[] {
  return rows.flat().map(({ id }) => id);
}

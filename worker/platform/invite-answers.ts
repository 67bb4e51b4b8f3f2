/** What becomes of invites. What was done already is done, and answered alike. */
import { needingPostgres } from "../../durable-objects/circuit-breaker.ts";
import * as answers from "../../drizzle/invite-answers.ts";
import type { Invite as InviteRow } from "../../drizzle/invite-lists.ts";
import { DuetError } from "../../protocol/errors.ts";
import type { AppContext } from "../context.ts";
import { storesOf } from "../stores.ts";
import { requireRoomForMore } from "./account-conversations.ts";
import { friendshipChanged, settleDirect } from "./friendship-changes.ts";
import { joinGroup } from "./group-invites.ts";
import { notifyOf, requireInvite, toInvite } from "./invite-views.ts";
import { callerOf } from "./require-account.ts";

export async function acceptInvite(c: AppContext) {
  const invite = await requireReceived(c);
  const hasChanged = invite.kind === "group" ? await acceptIntoGroup(c, invite) : await acceptAsFriend(c, invite);
  const accepted = await requireOutcome(c, invite, "accepted");
  if (hasChanged) notifyOf(c, accepted, accepted.fromId);
  return c.json(toInvite(accepted, callerOf(c).accountId));
}

/** @returns whether it was accepted just now */
async function acceptAsFriend(c: AppContext, { id, fromId, from, to }: InviteRow): Promise<boolean> {
  if (!to) throw new DuetError("INVITE_UNKNOWN");
  const { db } = storesOf(c.env);
  const accepted = await needingPostgres(() => answers.acceptFriendInvite(db, { id, fromId, toId: to.id }));
  if (accepted?.isNew === true) await friendshipChanged(c, from, to, true);
  else await settleDirect(c, from.id, to.id);
  return accepted !== undefined;
}

/** The group is the authority for who is in it: only when it has let them in, the invite is settled. */
async function acceptIntoGroup(c: AppContext, invite: InviteRow): Promise<boolean> {
  const { id, conversationId } = invite;
  const { accountId } = callerOf(c);
  const { db } = storesOf(c.env);
  const isOpen = await needingPostgres(() => answers.acceptGroupInvite(db, id));
  if (!isOpen || conversationId === null) return false;
  // Before, not within: the invite stays as it is until there is room.
  await requireRoomForMore(c, conversationId);
  try {
    await joinGroup(c, conversationId, accountId, invite);
  } catch (error) {
    // What passes leaves it as it is: the caller asks again.
    if (error instanceof DuetError && error.retryAfter === undefined) {
      await needingPostgres(() => answers.settleGroupInvite(db, id, "cancelled"));
    }
    throw error;
  }
  await needingPostgres(() => answers.settleGroupInvite(db, id, "accepted"));
  return true;
}

export async function rejectInvite(c: AppContext) {
  const invite = await requireReceived(c);
  const hasChanged = await needingPostgres(() => answers.rejectInvite(storesOf(c.env).db, invite.id));
  const rejected = await requireOutcome(c, invite, "rejected");
  if (hasChanged && rejected.kind !== "email") notifyOf(c, rejected, rejected.fromId);
  return c.json(toInvite(rejected, callerOf(c).accountId));
}

export async function cancelInvite(c: AppContext) {
  const { accountId } = callerOf(c);
  const invite = await requireInvite(c, c.req.param("id"));
  if (invite.fromId !== accountId) throw new DuetError("INVITE_UNKNOWN");
  const hasChanged = await needingPostgres(() => answers.cancelInvite(storesOf(c.env).db, invite.id));
  const cancelled = await requireOutcome(c, invite, "cancelled");
  if (hasChanged && invite.status === "pending") notifyOf(c, cancelled, cancelled.toId);
  return c.body(null, 204);
}

async function requireReceived(c: AppContext): Promise<InviteRow> {
  const invite = await requireInvite(c, c.req.param("id"));
  if (invite.toId !== callerOf(c).accountId) throw new DuetError("INVITE_UNKNOWN");
  return invite;
}

/**
 * Reads the invite again: whatever came of it, it was this request or a faster one that did it.
 *
 * @throws DuetError `INVITE_CLOSED` when something else came of it
 */
async function requireOutcome(c: AppContext, { id }: InviteRow, status: InviteRow["status"]): Promise<InviteRow> {
  const now = await requireInvite(c, id);
  if (now.status !== status) throw new DuetError("INVITE_CLOSED");
  return now;
}

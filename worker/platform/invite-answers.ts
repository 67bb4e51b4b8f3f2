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
import { requireInvite, tellInvites, toInvite } from "./invite-views.ts";
import { callerOf } from "./require-account.ts";

export async function acceptInvite(c: AppContext) {
  const invite = await requireReceived(c);
  await (invite.kind === "group" ? acceptIntoGroup(c, invite) : acceptAsFriend(c, invite));
  return c.json(toInvite(await requireOutcome(c, invite, "accepted"), callerOf(c).accountId));
}

async function acceptAsFriend(c: AppContext, { id, fromId, from, to }: InviteRow): Promise<void> {
  if (!to) throw new DuetError("INVITE_UNKNOWN");
  const { db } = storesOf(c.env);
  const accepted = await needingPostgres(() => answers.acceptFriendInvite(db, { id, fromId, toId: to.id }));
  tellInvites(c, accepted?.changed ?? [], [fromId, to.id]);
  if (accepted?.isNew === true) await friendshipChanged(c, from, to, true);
  else await settleDirect(c, from.id, to.id);
}

/** The group is the authority for who is in it: only when it has let them in, the invite is settled. */
async function acceptIntoGroup(c: AppContext, invite: InviteRow): Promise<void> {
  const { id, conversationId, fromId } = invite;
  const { accountId } = callerOf(c);
  const { db } = storesOf(c.env);
  const isOpen = await needingPostgres(() => answers.acceptGroupInvite(db, id));
  if (!isOpen || conversationId === null) return;
  const settle = async (status: "accepted" | "cancelled") => {
    const changed = await needingPostgres(() => answers.settleGroupInvite(db, id, status));
    tellInvites(c, changed, [fromId, accountId]);
  };
  // Before, not within: the invite stays as it is until there is room.
  await requireRoomForMore(c, conversationId);
  try {
    await joinGroup(c, conversationId, accountId, invite);
  } catch (error) {
    // What passes leaves it as it is: the caller asks again.
    if (error instanceof DuetError && error.retryAfter === undefined) await settle("cancelled");
    throw error;
  }
  await settle("accepted");
}

export async function rejectInvite(c: AppContext) {
  const invite = await requireReceived(c);
  const changed = await needingPostgres(() => answers.rejectInvite(storesOf(c.env).db, invite.id));
  tellInvites(c, changed, [invite.fromId, invite.toId]);
  return c.json(toInvite(await requireOutcome(c, invite, "rejected"), callerOf(c).accountId));
}

export async function cancelInvite(c: AppContext) {
  const { accountId } = callerOf(c);
  const invite = await requireInvite(c, c.req.param("id"));
  if (invite.fromId !== accountId) throw new DuetError("INVITE_UNKNOWN");
  const changed = await needingPostgres(() => answers.cancelInvite(storesOf(c.env).db, invite.id));
  tellInvites(c, changed, [accountId, invite.toId]);
  await requireOutcome(c, invite, "cancelled");
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

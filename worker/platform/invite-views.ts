/** Invites as each side sees them. */
import { needingPostgres } from "../../durable-objects/circuit-breaker.ts";
import { findInvite, type Invite as InviteRow } from "../../drizzle/invite-lists.ts";
import { DuetError } from "../../protocol/errors.ts";
import { Uuid } from "../../protocol/platform/fields.ts";
import type { Invite, InviteStatus } from "../../protocol/platform/invites.ts";
import type { AppContext } from "../context.ts";
import { storesOf } from "../stores.ts";
import { notify } from "./notify.ts";
import { toPerson } from "./people.ts";
import { callerOf } from "./require-account.ts";

/** @param viewerId - who sent or got it */
export function toInvite(row: InviteRow, viewerId: string): Invite {
  const isSender = row.fromId === viewerId;
  const status = statusOf(row, isSender);
  const isAnonymous = row.kind === "email" && isSender && status !== "accepted";
  return {
    id: row.id,
    kind: row.kind,
    from: toPerson(row.from),
    to: row.to && !isAnonymous ? toPerson(row.to) : null,
    conversation_id: row.conversationId,
    email: isSender ? row.email : null,
    status,
    created_at: row.createdAt.getTime(),
    expires_at: row.expiresAt.getTime(),
  };
}

/** That somebody rejected what was sent to an address would tell its sender that it has an account. */
function statusOf({ kind, status, expiresAt }: InviteRow, isSender: boolean): InviteStatus {
  const shown = kind === "email" && status === "rejected" && isSender ? "pending" : status;
  return shown === "pending" && expiresAt.getTime() <= Date.now() ? "expired" : shown;
}

/**
 * An invite that the caller sent or got.
 *
 * @throws DuetError `INVITE_UNKNOWN`
 */
export async function requireInvite(c: AppContext, id: string | undefined): Promise<InviteRow> {
  const parsed = Uuid.safeParse(id);
  if (!parsed.success) throw new DuetError("INVITE_UNKNOWN");
  const { accountId } = callerOf(c);
  const row = await needingPostgres(() => findInvite(storesOf(c.env).db, accountId, parsed.data));
  if (!row) throw new DuetError("INVITE_UNKNOWN");
  return row;
}

/** Tells one side of an invite how it stands. */
export function notifyOf(c: AppContext, row: InviteRow, accountId: string | null): void {
  if (accountId !== null) notify(c, accountId, { type: "invite", invite: toInvite(row, accountId) });
}

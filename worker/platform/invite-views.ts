/** Invites as each side sees them. */
import { needingPostgres } from "../../durable-objects/circuit-breaker.ts";
import { findInvites, type Invite as InviteRow } from "../../drizzle/invite-lists.ts";
import { DuetError } from "../../protocol/errors.ts";
import { Uuid } from "../../protocol/platform/fields.ts";
import type { Invite, InviteStatus } from "../../protocol/platform/invites.ts";
import type { AppContext } from "../context.ts";
import { storesOf } from "../stores.ts";
import { behindAnswer, notify } from "./notify.ts";
import { toPerson } from "./people.ts";
import { callerOf } from "./require-account.ts";

/** @param viewerId - who sent or got it */
export function toInvite(row: InviteRow, viewerId: string): Invite {
  const isSender = row.fromId === viewerId;
  const status = statusOf(row, viewerId);
  const isAnonymous = row.kind === "email" && isSender && status !== "accepted";
  return {
    id: row.id,
    kind: row.kind,
    from: toPerson(row.from),
    to: row.to && !isAnonymous ? toPerson(row.to) : null,
    conversation_id: row.conversationId,
    // Who said no, or is out again, is not told of later names.
    conversation_name: status === "pending" ? row.conversationName : null,
    email: isSender ? row.email : null,
    status,
    created_at: row.createdAt.getTime(),
    expires_at: row.expiresAt.getTime(),
  };
}

function statusOf(row: InviteRow, viewerId: string): InviteStatus {
  const shown = isSecretlyRejected(row, viewerId) ? "pending" : row.status;
  return shown === "pending" && row.expiresAt.getTime() <= Date.now() ? "expired" : shown;
}

/** That somebody rejected what was sent to an address would tell its sender that it has an account. */
function isSecretlyRejected({ kind, status, fromId }: InviteRow, viewerId: string): boolean {
  return kind === "email" && status === "rejected" && fromId === viewerId;
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
  const [row] = await needingPostgres(() => findInvites(storesOf(c.env).db, accountId, [parsed.data]));
  if (!row) throw new DuetError("INVITE_UNKNOWN");
  return row;
}

/**
 * Tells all devices of people how invites of theirs stand now, each as they see them; of one that they don't see, nothing.
 *
 * @param people - whom it concerns; null for an address that nobody has
 */
export function tellInvites(c: AppContext, ids: readonly string[], people: readonly (string | null)[]): void {
  if (ids.length === 0) return;
  // Behind the answer: the time that it takes must not tell whether an address has an account.
  for (const viewerId of people) if (viewerId !== null) behindAnswer(c, () => tell(c, ids, viewerId));
}

async function tell(c: AppContext, ids: readonly string[], viewerId: string): Promise<void> {
  for (const row of await needingPostgres(() => findInvites(storesOf(c.env).db, viewerId, ids))) {
    if (!isSecretlyRejected(row, viewerId)) notify(c, viewerId, { type: "invite", invite: toInvite(row, viewerId) });
  }
}

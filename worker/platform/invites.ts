/** Sending invites, and looking at them. */
import type * as z from "zod/mini";
import { needingPostgres } from "../../durable-objects/circuit-breaker.ts";
import { listInvites } from "../../drizzle/invite-lists.ts";
import { type Sent, sendEmailInvite, sendFriendInvite, sendGroupInvite } from "../../drizzle/invites.ts";
import { DuetError } from "../../protocol/errors.ts";
import { emailKey } from "../../protocol/platform/fields.ts";
import { InviteBody, type InvitesPage, InvitesQuery } from "../../protocol/platform/invites.ts";
import { readBody, readQuery } from "../body.ts";
import type { AppContext } from "../context.ts";
import { limit as limitRate, storesOf } from "../stores.ts";
import { requireRow } from "./account.ts";
import { friendshipChanged } from "./friendship-changes.ts";
import { mayInvite } from "./group-invites.ts";
import { mailInvite } from "./invite-mail.ts";
import { requireInvite, tellInvites, toInvite } from "./invite-views.ts";
import { behindAnswer } from "./notify.ts";
import { readCursor, TimeCursor, toPage } from "./page.ts";
import { requireOther } from "./people.ts";
import { callerOf } from "./require-account.ts";

type Wanted = z.output<typeof InviteBody>;

export async function sendInvite(c: AppContext) {
  const { accountId } = callerOf(c);
  const wanted = await readBody(c, InviteBody);
  await limitRate(storesOf(c.env).invites, accountId);
  const { id, outcome, changed } = await send(c, wanted);
  const row = await requireInvite(c, id);
  tellInvites(c, changed, [row.fromId, row.toId]);
  if (outcome === "sent" && wanted.kind === "email") {
    const { email } = wanted;
    behindAnswer(c, () => mailInvite(c, row, email));
  }
  if (outcome === "accepted" && row.to) await friendshipChanged(c, row.from, row.to, true);
  return c.json(toInvite(row, accountId), outcome === "sent" ? 201 : 200);
}

async function send(c: AppContext, wanted: Wanted): Promise<Sent> {
  const { accountId: fromId } = callerOf(c);
  const { db, limits } = storesOf(c.env);
  const expiresAt = new Date(Date.now() + limits.INVITE_DAYS * 86_400_000);
  const invite = { id: crypto.randomUUID(), fromId, expiresAt };
  if (wanted.kind === "email") {
    const own = await requireRow(c);
    // An address that is only claimed may be somebody else's.
    if (own.emailVerifiedAt && own.emailKey === emailKey(wanted.email)) throw new DuetError("NOT_YOURSELF");
    const sent = await needingPostgres(() => sendEmailInvite(db, { ...invite, email: wanted.email }));
    if (!sent) throw new DuetError("UNAUTHENTICATED");
    return sent;
  }
  const { id: toId, isFriend, isBlocked } = await requireOther(c, wanted.account_id);
  if (isBlocked) throw new DuetError("BLOCKED_BY_YOU");
  if (wanted.kind === "group") {
    const { conversation_id: conversationId } = wanted;
    await mayInvite(c, conversationId, fromId, toId);
    const sent = await needingPostgres(() => sendGroupInvite(db, { ...invite, toId, conversationId }));
    if (!sent) throw new DuetError("USER_UNKNOWN");
    if (sent.fromId !== fromId) throw new DuetError("ALREADY_INVITED");
    return sent;
  }
  if (isFriend) throw new DuetError("ALREADY_FRIENDS");
  const sent = await needingPostgres(() => sendFriendInvite(db, { ...invite, toId }));
  if (sent) return sent;
  // Something was faster: they became friends, or one blocked the other, or is gone.
  const now = await requireOther(c, toId);
  throw new DuetError(now.isFriend ? "ALREADY_FRIENDS" : now.isBlocked ? "BLOCKED_BY_YOU" : "USER_UNKNOWN");
}

export async function invites(c: AppContext) {
  const { accountId } = callerOf(c);
  const { limit, cursor, direction } = readQuery(c, InvitesQuery);
  const after = readCursor(TimeCursor, cursor);
  const { db } = storesOf(c.env);
  const rows = await needingPostgres(() => listInvites(db, accountId, direction, limit + 1, after));
  const { items, nextCursor } = toPage(rows, limit, ({ createdAt, id }) => [createdAt.getTime(), id]);
  const answer: InvitesPage = { invites: items.map((row) => toInvite(row, accountId)), next_cursor: nextCursor };
  return c.json(answer);
}

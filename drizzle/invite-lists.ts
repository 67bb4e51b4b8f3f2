/** Invites as those see them whom they concern. */
import { and, eq, inArray, ne, or, type SQL, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import { accounts } from "./accounts-schema.ts";
import type { Db } from "./client.ts";
import { conversations } from "./conversations-schema.ts";
import { type InviteRow, invites } from "./invites-schema.ts";
import { newestFirst, olderThan, type TimeKey } from "./keyset.ts";
import { hasBlocked } from "./pairs.ts";
import type { Person } from "./people.ts";

/** An invite with the people it is between, and the group it is to. */
export interface Invite extends InviteRow {
  from: Person;
  /** Null as long as nobody has the address. */
  to: Person | null;
  conversationName: string | null;
}

/** @returns those of some invites that the viewer sent or got, unless the other has blocked them */
export async function findInvites(db: Db, viewerId: string, ids: readonly string[]): Promise<Invite[]> {
  const isTheirs = or(isSentBy(viewerId), isReceivedBy(viewerId));
  return select(db, and(inArray(invites.id, [...ids]), isTheirs), ids.length);
}

/**
 * Invites that somebody sent or got, newest first, without those of people who blocked them.
 *
 * @param limit - invites at the most
 */
export async function listInvites(
  db: Db,
  viewerId: string,
  direction: "sent" | "received",
  limit: number,
  after?: TimeKey,
): Promise<Invite[]> {
  const isTheirs = direction === "sent" ? isSentBy(viewerId) : isReceivedBy(viewerId);
  return select(db, and(isTheirs, olderThan(invites.createdAt, invites.id, after)), limit);
}

/** Whether the owner of an address has blocked the sender does not count: it would tell that there is one. */
function isSentBy(viewerId: string): SQL | undefined {
  return and(
    eq(invites.fromId, viewerId),
    or(
      and(eq(invites.kind, "email"), ne(invites.status, "accepted")),
      sql`not ${hasBlocked(sql`${invites.toId}`, sql`${viewerId}`)}`,
    ),
  );
}

function isReceivedBy(viewerId: string): SQL | undefined {
  return and(eq(invites.toId, viewerId), sql`not ${hasBlocked(sql`${invites.fromId}`, sql`${viewerId}`)}`);
}

async function select(db: Db, condition: SQL | undefined, limit: number): Promise<Invite[]> {
  const [sender, recipient] = [alias(accounts, "sender"), alias(accounts, "recipient")];
  const rows = await db
    .select({
      invite: invites,
      from: { id: sender.id, username: sender.username, displayName: sender.displayName },
      to: { id: recipient.id, username: recipient.username, displayName: recipient.displayName },
      conversationName: conversations.name,
    })
    .from(invites)
    .innerJoin(sender, eq(sender.id, invites.fromId))
    .leftJoin(recipient, eq(recipient.id, invites.toId))
    .leftJoin(conversations, eq(conversations.id, invites.conversationId))
    .where(condition)
    .orderBy(...newestFirst(invites.createdAt, invites.id))
    .limit(limit);
  return rows.map(({ invite, ...others }) => ({ ...invite, ...others }));
}

/** What is written and read of conversations between accounts, messages aside. */
import { and, asc, desc, eq, inArray, isNotNull, isNull, sql } from "drizzle-orm";
import type { ConversationKind } from "../protocol/platform/permissions.ts";
import { accounts } from "./accounts-schema.ts";
import type { Db } from "./client.ts";
import { conversationMembers, conversations } from "./conversations-schema.ts";
import { newestFirst, olderThan, type TimeKey } from "./keyset.ts";
import { messages } from "./schema.ts";

export interface ArchivedDetails {
  id: string;
  kind: ConversationKind;
  name: string | null;
  createdBy: string | null;
  /** Milliseconds since 1970, as all times here. */
  createdAt: number;
  open: boolean;
  version: number;
}

export interface ArchivedMember {
  accountId: string;
  /** Null once they left. */
  role: string | null;
  muted: boolean;
  joinedAt: number;
  version: number;
}

/**
 * Writes what a conversation is and who belongs to it. What is older than what Postgres has changes
 * nothing. After the end nobody belongs to it any more: the lock makes a late write wait for, and then find, the end.
 */
export async function archiveMembership(
  db: Db,
  details: ArchivedDetails,
  members: readonly ArchivedMember[],
): Promise<void> {
  const { id, kind, name, createdBy, createdAt, open, version } = details;
  await db.batch([
    db
      .insert(conversations)
      .values({ id, kind, name, createdBy, createdAt: new Date(createdAt), open, version })
      .onConflictDoUpdate({
        target: conversations.id,
        set: { name, open, version },
        setWhere: sql`${conversations.version} < ${version}`,
      }),
    db.execute(sql`
      insert into ${conversationMembers} (conversation_id, account_id, role, muted, joined_at, version)
      select ${id}::uuid, m."accountId", m.role, m.muted, to_timestamp(m."joinedAt" / 1000.0), m.version
      from jsonb_to_recordset(${JSON.stringify(members)}::jsonb) as m(
        "accountId" uuid, role text, muted boolean, "joinedAt" bigint, version bigint
      ), (select 1 from ${conversations} where id = ${id} and ended_at is null for share) as open
      on conflict (conversation_id, account_id) do update set
        role = excluded.role, muted = excluded.muted, joined_at = excluded.joined_at, version = excluded.version
      where ${conversationMembers}.version < excluded.version`),
  ]);
}

/** What Postgres knows of a conversation, for an object that lost its own storage. */
export async function findConversation(db: Db, id: string) {
  const [details] = await db.select().from(conversations).where(eq(conversations.id, id));
  if (!details) return undefined;
  const members = await db
    .select({
      id: conversationMembers.accountId,
      role: conversationMembers.role,
      muted: conversationMembers.muted,
      joinedAt: conversationMembers.joinedAt,
      version: conversationMembers.version,
      username: accounts.username,
      displayName: accounts.displayName,
      deletedAt: accounts.deletedAt,
    })
    .from(conversationMembers)
    .innerJoin(accounts, eq(accounts.id, conversationMembers.accountId))
    .where(eq(conversationMembers.conversationId, id))
    .orderBy(asc(conversationMembers.joinedAt), asc(conversationMembers.accountId));
  return { ...details, members };
}

/** The conversations of an account, those included that it has left, for an Inbox that lost its own storage. */
export async function conversationsOf(db: Db, accountId: string) {
  return db
    .select({
      id: conversations.id,
      kind: conversations.kind,
      role: conversationMembers.role,
      joinedAt: conversationMembers.joinedAt,
    })
    .from(conversationMembers)
    .innerJoin(conversations, eq(conversations.id, conversationMembers.conversationId))
    .where(and(eq(conversationMembers.accountId, accountId), isNull(conversations.endedAt)));
}

/**
 * When the last message was sent in each of some conversations, in milliseconds since 1970, as far as Postgres has it.
 * One step into the primary key for each.
 */
export async function lastMessageTimes(db: Db, ids: readonly string[]): Promise<Map<string, number>> {
  if (ids.length === 0) return new Map();
  const newest = db
    .select({ at: messages.at })
    .from(messages)
    .where(eq(messages.conversationId, sql`c.id`))
    .orderBy(desc(messages.seq))
    .limit(1)
    .as("newest");
  const rows = await db
    .select({ id: sql<string>`c.id`, at: newest.at })
    .from(sql`jsonb_array_elements_text(${JSON.stringify(ids)}::jsonb) as c(id)`)
    .innerJoinLateral(newest, sql`true`);
  return new Map(rows.map(({ id, at }) => [id, at.getTime()]));
}

/**
 * Of some accounts, those that are in so many conversations that they may be in no other. Postgres lags behind by some
 * seconds, so a few more than `max` it may become.
 *
 * @param conversationId - the one that they are to be in: whoever is in it already is not meant
 */
export async function findThoseInTooMany(db: Db, ids: readonly string[], conversationId: string, max: number) {
  const { accountId, conversationId: id, role } = conversationMembers;
  return db
    .select({ accountId })
    .from(conversationMembers)
    .where(and(inArray(accountId, [...ids]), isNotNull(role)))
    .groupBy(accountId)
    .having(sql`count(*) >= ${max} and not bool_or(${id} = ${conversationId}::uuid)`);
}

/** A room, written before there is one, so that whoever made it finds it in the list. */
export async function insertRoom(db: Db, id: string, name: string, createdBy: string, createdAt: Date): Promise<void> {
  const room = { id, kind: "room", name, createdBy, createdAt };
  await db.insert(conversations).values(room).onConflictDoNothing();
}

/** Rooms, newest first. */
export async function listRooms(db: Db, limit: number, after: TimeKey | undefined) {
  const { id, name, createdAt, kind, endedAt } = conversations;
  return db
    .select({ id, name, createdAt })
    .from(conversations)
    .where(and(eq(kind, "room"), isNull(endedAt), olderThan(createdAt, id, after)))
    .orderBy(...newestFirst(createdAt, id))
    .limit(limit);
}

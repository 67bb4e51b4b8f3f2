/** What the Conversation object writes to Postgres and reads back. Every write may be repeated without effect. */
import { NeonDbError } from "@neondatabase/serverless";
import { and, desc, eq, lt, sql } from "drizzle-orm";
import type { LoggedEvent } from "../protocol/frames.ts";
import type { TranscriptMessage } from "../protocol/transcript.ts";
import type { Db } from "./client.ts";
import { chats, messages, type MessageRow } from "./schema.ts";

export interface ArchivedChat {
  hash: string;
  users: readonly [string, string];
  /** Milliseconds since 1970. */
  createdAt: number;
}

export type ArchiveOutcome =
  | { kind: "stored" }
  /** Postgres will never take the batch for what is in it. */
  | { kind: "refused"; sqlstate: string }
  /** Postgres has other or newer messages at these seqs: the writer's storage went back in time. */
  | { kind: "rewound" };

/** SQLSTATE of the error that `assertSameHistory` provokes. */
const DIVISION_BY_ZERO = "22012";

/**
 * Writes a run of events in one transaction and one round trip.
 *
 * A batch may come again, whole or overlapping, even late: `applied_seq` lets only newer events change a row. A
 * chat that was ended takes nothing any more.
 *
 * @param events - ascending by seq, following without a gap on what was written before
 * @throws when Postgres could not be asked, or failed for a reason that may pass
 */
export async function archiveEvents(
  db: Db,
  chat: ArchivedChat,
  events: readonly LoggedEvent[],
): Promise<ArchiveOutcome> {
  const [userOne, userTwo] = chat.users;
  const created = { hash: chat.hash, userOne, userTwo, createdAt: new Date(chat.createdAt) };
  try {
    await db.batch([
      db.insert(chats).values(created).onConflictDoNothing(),
      db.execute(assertSameHistory(chat.hash, events)),
      db.execute(insertMessages(chat.hash, events)),
      db.execute(applyChanges(chat.hash, events)),
    ]);
    return { kind: "stored" };
  } catch (error) {
    // Classes 22 and 23: bad data, violated constraints.
    if (!(error instanceof NeonDbError) || !/^2[23]/.test(error.code ?? "")) throw error;
    return error.code === DIVISION_BY_ZERO ? { kind: "rewound" } : { kind: "refused", sqlstate: error.code ?? "" };
  }
}

/** Undoes the transaction when Postgres is ahead, or has somebody else's message at one of these seqs. */
function assertSameHistory(hash: string, events: readonly LoggedEvent[]) {
  const added = events.filter((event) => event.type === "message");
  const last = events.at(-1)?.seq ?? 0;
  return sql`
    select 1 / case when
      (select max(seq) from ${messages} where conversation_id = ${hash}) > ${last}
      or exists (
        select 1 from jsonb_to_recordset(${JSON.stringify(added)}::jsonb) as e(seq bigint, id text, sender text)
        join ${messages} as m on m.conversation_id = ${hash} and m.seq = e.seq
        where m.id <> e.id or m.sender <> e.sender
      )
    then 0 else 1 end`;
}

/** The lock makes a late batch wait for, and then notice, a chat that is being ended at the same moment. */
function openChat(hash: string) {
  return sql`(select hash from ${chats} where hash = ${hash} and ended_at is null for share) as chat`;
}

function insertMessages(hash: string, events: readonly LoggedEvent[]) {
  const added = events.filter((event) => event.type === "message");
  return sql`
    insert into ${messages} (conversation_id, seq, id, sender, body, at, sent_at, reply_to, applied_seq)
    select chat.hash, e.seq, e.id, e.sender, e.body, to_timestamp(e.at / 1000.0), to_timestamp(e."sentAt" / 1000.0),
      e."replyTo", e.seq
    from jsonb_to_recordset(${JSON.stringify(added)}::jsonb) as e(
      seq bigint, id text, sender text, body text, at bigint, "sentAt" bigint, "replyTo" bigint
    ), ${openChat(hash)}
    on conflict do nothing`;
}

/** What several events in a row do to one message. */
interface Change {
  target: number;
  applied: number;
  body?: string;
  edited?: number;
  deleted?: number;
  /** Emoji by name; null takes one back. */
  reactions: Record<string, string | null>;
}

function newChange(target: number): Change {
  // Without a prototype, because somebody may be called `__proto__`.
  return { target, applied: 0, reactions: Object.create(null) };
}

function applyChanges(hash: string, events: readonly LoggedEvent[]) {
  const changes = new Map<number, Change>();
  for (const event of events) {
    if (event.type === "message") continue;
    const change = changes.get(event.target) ?? newChange(event.target);
    change.applied = event.seq;
    if (event.type === "edited") Object.assign(change, { body: event.body, edited: event.at });
    if (event.type === "deleted") Object.assign(change, { body: "", deleted: event.at });
    if (event.type === "reaction") change.reactions[event.sender] = event.emoji;
    changes.set(event.target, change);
  }
  return sql`
    update ${messages} as m set
      applied_seq = c.applied,
      body = coalesce(c.body, m.body),
      edited_at = coalesce(to_timestamp(c.edited / 1000.0), m.edited_at),
      deleted_at = coalesce(to_timestamp(c.deleted / 1000.0), m.deleted_at),
      reactions = case
        when coalesce(to_timestamp(c.deleted / 1000.0), m.deleted_at) is null
        then jsonb_strip_nulls(m.reactions || c.reactions)
        else '{}' end
    from jsonb_to_recordset(${JSON.stringify([...changes.values()])}::jsonb) as c(
      target bigint, applied bigint, body text, edited bigint, deleted bigint, reactions jsonb
    ), ${openChat(hash)}
    where m.conversation_id = chat.hash and m.seq = c.target and m.applied_seq < c.applied`;
}

/**
 * Messages before a seq, newest first. An index scan over the primary key.
 *
 * @param limit - rows at the most
 */
export async function readArchive(db: Db, hash: string, before: number, limit: number): Promise<TranscriptMessage[]> {
  const rows = await db
    .select()
    .from(messages)
    .where(and(eq(messages.conversationId, hash), lt(messages.seq, before)))
    .orderBy(desc(messages.seq))
    .limit(limit);
  return rows.map(toMessage);
}

/** @returns the message at `seq`, or undefined */
export async function findArchived(db: Db, hash: string, seq: number): Promise<TranscriptMessage | undefined> {
  const [row] = await db
    .select()
    .from(messages)
    .where(and(eq(messages.conversationId, hash), eq(messages.seq, seq)));
  return row && toMessage(row);
}

/**
 * What Postgres knows of a chat, for an object that lost its own storage.
 *
 * @returns `head` is the newest seq that arrived, of a message or of a change to one
 */
export async function findArchivedChat(db: Db, hash: string) {
  const [chat] = await db
    .select({
      users: sql<[string, string]>`array[${chats.userOne}, ${chats.userTwo}]`,
      createdAt: chats.createdAt,
      endedAt: chats.endedAt,
      head: sql<number>`coalesce((select max(applied_seq) from ${messages} where conversation_id = ${hash}), 0)::int`,
    })
    .from(chats)
    .where(eq(chats.hash, hash));
  return chat;
}

/** Marks a chat as ended and deletes its messages, in this order: see `openChat`. */
export async function endArchivedChat(db: Db, chat: ArchivedChat, endedAt: number): Promise<void> {
  const [userOne, userTwo] = chat.users;
  const created = { hash: chat.hash, userOne, userTwo, createdAt: new Date(chat.createdAt) };
  await db.batch([
    db
      .insert(chats)
      .values({ ...created, endedAt: new Date(endedAt) })
      .onConflictDoUpdate({ target: chats.hash, set: { endedAt: new Date(endedAt) } }),
    db.delete(messages).where(eq(messages.conversationId, chat.hash)),
  ]);
}

function toMessage(row: MessageRow): TranscriptMessage {
  return {
    seq: row.seq,
    id: row.id,
    sender: row.sender,
    body: row.body,
    at: row.at.getTime(),
    ...(row.sentAt && { sentAt: row.sentAt.getTime() }),
    ...(row.replyTo !== null && { replyTo: row.replyTo }),
    ...(row.editedAt && { editedAt: row.editedAt.getTime() }),
    ...(row.deletedAt && { deletedAt: row.deletedAt.getTime() }),
    reactions: row.reactions,
  };
}

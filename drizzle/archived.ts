/** What the Conversation object reads back from Postgres. */
import { and, desc, eq, lt, sql } from "drizzle-orm";
import type { TranscriptMessage } from "../protocol/transcript.ts";
import { type LoggedText, toJson } from "./archive.ts";
import type { Db } from "./client.ts";
import { chats, messages, type MessageRow } from "./schema.ts";

/**
 * Messages before a seq, newest first. An index scan over the primary key.
 *
 * @param limit - rows at the most
 */
export async function readArchive(db: Db, id: string, before: number, limit: number): Promise<TranscriptMessage[]> {
  const rows = await db
    .select()
    .from(messages)
    .where(and(eq(messages.conversationId, id), lt(messages.seq, before)))
    .orderBy(desc(messages.seq))
    .limit(limit);
  return rows.map(toMessage);
}

/** @returns the message at `seq`, or undefined */
export async function findArchived(db: Db, id: string, seq: number): Promise<TranscriptMessage | undefined> {
  const [row] = await db
    .select()
    .from(messages)
    .where(and(eq(messages.conversationId, id), eq(messages.seq, seq)));
  return row && toMessage(row);
}

/** @returns the newest seq of a conversation that arrived, of a message or of a change to one; 0 without any */
export async function archivedHead(db: Db, id: string): Promise<number> {
  const [row] = await db
    .select({ head: sql<number>`coalesce(max(${messages.appliedSeq}), 0)::int` })
    .from(messages)
    .where(eq(messages.conversationId, id));
  return row?.head ?? 0;
}

/** What Postgres knows of a pair chat, for an object that lost its own storage. */
export async function findArchivedChat(db: Db, hash: string) {
  const [chat] = await db
    .select({
      users: sql<[string, string]>`array[${chats.userOne}, ${chats.userTwo}]`,
      createdAt: chats.createdAt,
      endedAt: chats.endedAt,
    })
    .from(chats)
    .where(eq(chats.hash, hash));
  return chat;
}

/**
 * How far a log and Postgres tell the same.
 *
 * @param events - of the log, ascending by seq
 * @returns seq of the newest of them that Postgres has as the same message; 0 when it has none
 */
export async function findLastShared(db: Db, hash: string, events: readonly LoggedText[]): Promise<number> {
  const added = events.filter(({ target }) => target === null);
  const [found] = await db
    .select({ seq: sql<number>`coalesce(max(${messages.seq}), 0)::int` })
    .from(messages)
    .innerJoin(
      sql`jsonb_to_recordset(${toJson(added)}::jsonb) as e(seq bigint, id text, sender text)`,
      sql`e.seq = ${messages.seq} and e.id = ${messages.id} and e.sender = ${messages.sender}`,
    )
    .where(eq(messages.conversationId, hash));
  return found?.seq ?? 0;
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

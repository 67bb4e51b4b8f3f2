/** What the Conversation object writes to Postgres. Every write may be repeated without effect. */
import { NeonDbError } from "@neondatabase/serverless";
import { eq, type SQL, sql } from "drizzle-orm";
import type { ConversationKind } from "../protocol/platform/permissions.ts";
import type { LoggedEvent } from "../protocol/frames.ts";
import type { Db } from "./client.ts";
import { conversationMembers, conversations } from "./conversations-schema.ts";
import { chats, messages } from "./schema.ts";

interface ArchivedPair {
  kind: "pair";
  /** The hash. */
  id: string;
  users: readonly [string, string];
  /** Milliseconds since 1970. */
  createdAt: number;
}

/** Between accounts. What changes about it is written by `archiveMembership`. */
interface ArchivedConversation {
  kind: ConversationKind;
  id: string;
  createdBy: string | null;
  createdAt: number;
}

export type ArchivedChat = ArchivedPair | ArchivedConversation;

export type ArchiveOutcome =
  | { kind: "stored" }
  /** Postgres will never take the batch for what is in it. */
  | { kind: "refused"; sqlstate: string }
  /** Postgres has other or newer messages at these seqs: the writer's storage went back in time. */
  | { kind: "rewound" };

/** SQLSTATE of the error that `assertNot` provokes. */
const DIVISION_BY_ZERO = "22012";

/** An event as the object's log has it: its text goes to Postgres as it is, because reading it would take longer. */
export interface LoggedText {
  seq: number;
  /** Seq of the message it changes; null for a message. */
  target: number | null;
  /** JSON of a LoggedEvent. */
  frame: string;
}

/**
 * Writes a run of events in one transaction and one round trip.
 *
 * A batch may come again, whole or overlapping, even late: `applied_seq` lets only newer events change a row. A
 * chat that was ended takes nothing any more.
 *
 * @param events - ascending by seq, following without a gap on what was written before
 * @param head - seq of the newest event that the writer has: Postgres can't have a newer one
 * @throws when Postgres could not be asked, or failed for a reason that may pass
 */
export async function archiveEvents(
  db: Db,
  chat: ArchivedChat,
  events: readonly LoggedText[],
  head: number,
): Promise<ArchiveOutcome> {
  const [added, changes] = [
    events.filter(({ target }) => target === null),
    events.filter(({ target }) => target !== null),
  ];
  try {
    await db.batch([
      insertChat(db, chat).onConflictDoNothing(),
      db.execute(assertNotAhead(chat.id, head)),
      ...(added.length > 0 ? [db.execute(insertMessages(chat, added))] : []),
      ...(changes.length > 0 ? [db.execute(applyChanges(chat, changes))] : []),
    ]);
    return { kind: "stored" };
  } catch (error) {
    // Classes 22 and 23: bad data, violated constraints.
    if (!(error instanceof NeonDbError) || !/^2[23]/.test(error.code ?? "")) throw error;
    return error.code === DIVISION_BY_ZERO ? { kind: "rewound" } : { kind: "refused", sqlstate: error.code ?? "" };
  }
}

/** Undoes the transaction when `isWrong`. */
function assertNot(isWrong: SQL) {
  return sql`1 / case when ${isWrong} then 0 else 1 end = 1`;
}

/** Postgres may be ahead of the batch: when the answer to a larger one was lost, a smaller one comes again. */
function assertNotAhead(hash: string, head: number) {
  const isAhead = sql`(select max(seq) from ${messages} where conversation_id = ${hash}) > ${head}`;
  return sql`select ${assertNot(isAhead)}`;
}

function insertChat(db: Db, chat: ArchivedChat) {
  const createdAt = new Date(chat.createdAt);
  if (chat.kind !== "pair") return db.insert(conversations).values({ ...chat, createdAt });
  const [userOne, userTwo] = chat.users;
  return db.insert(chats).values({ hash: chat.id, userOne, userTwo, createdAt });
}

/** One JSON text of all of them. */
export function toJson(events: readonly LoggedText[]): string {
  return `[${events.map(({ frame }) => frame).join(",")}]`;
}

/** The lock makes a late batch wait for, and then notice, a chat that is being ended at the same moment. */
function openChat({ kind, id }: ArchivedChat) {
  return kind === "pair"
    ? sql`(select hash as id from ${chats} where hash = ${id} and ended_at is null for share) as chat`
    : sql`(select id::text as id from ${conversations} where id = ${id} and ended_at is null for share) as chat`;
}

/** Undoes the transaction when Postgres has somebody else's message at one of these seqs. */
function insertMessages(chat: ArchivedChat, added: readonly LoggedText[]) {
  const isForeign = sql`exists (
    select 1 from e join ${messages} as m on m.conversation_id = ${chat.id} and m.seq = e.seq
    where m.id <> e.id or m.sender <> e.sender
  )`;
  return sql`
    with e as materialized (
      select * from jsonb_to_recordset(${toJson(added)}::jsonb) as e(
        seq bigint, id text, sender text, body text, at bigint, "sentAt" bigint, "replyTo" bigint
      )
    )
    insert into ${messages} (conversation_id, seq, id, sender, body, at, sent_at, reply_to, applied_seq)
    select chat.id, e.seq, e.id, e.sender, e.body, to_timestamp(e.at / 1000.0), to_timestamp(e."sentAt" / 1000.0),
      e."replyTo", e.seq
    from e, ${openChat(chat)}
    where ${assertNot(isForeign)}
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

function applyChanges(chat: ArchivedChat, events: readonly LoggedText[]) {
  const changes = new Map<number, Change>();
  for (const { frame } of events) {
    // The log wrote it, from an event that had been parsed: no second check.
    const event: LoggedEvent = JSON.parse(frame);
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
    ), ${openChat(chat)}
    where m.conversation_id = chat.id and m.seq = c.target and m.applied_seq < c.applied`;
}

/** Marks a chat as ended and deletes its messages, in this order: see `openChat`. */
export async function endArchivedChat(db: Db, chat: ArchivedChat, endedAt: number): Promise<void> {
  const ended = new Date(endedAt);
  const marked =
    chat.kind === "pair"
      ? [db.update(chats).set({ endedAt: ended }).where(eq(chats.hash, chat.id))]
      : [
          db.update(conversations).set({ endedAt: ended }).where(eq(conversations.id, chat.id)),
          db.delete(conversationMembers).where(eq(conversationMembers.conversationId, chat.id)),
        ];
  await db.batch([
    insertChat(db, chat).onConflictDoNothing(),
    ...marked,
    db.delete(messages).where(eq(messages.conversationId, chat.id)),
  ]);
}

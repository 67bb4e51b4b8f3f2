/** Postgres tables of the pair chat. Postgres is the projection; the Conversation object is the authority. */
import { bigint, jsonb, pgTable, primaryKey, text } from "drizzle-orm/pg-core";
import { instant } from "./columns.ts";

export const chats = pgTable("chats", {
  /** The key of the link. Its primary key serves every query: all of them name one chat. */
  hash: text().primaryKey(),
  userOne: text("user_one").notNull(),
  userTwo: text("user_two").notNull(),
  createdAt: instant("created_at").notNull(),
  /** Set once the chat was ended; its messages are gone then. */
  endedAt: instant("ended_at"),
});

export const messages = pgTable(
  "messages",
  {
    /** The chat's hash. */
    conversationId: text("conversation_id").notNull(),
    seq: bigint({ mode: "number" }).notNull(),
    /** The sender's own id of the message. */
    id: text().notNull(),
    sender: text().notNull(),
    /** With later edits applied; empty once deleted. */
    body: text().notNull(),
    at: instant("at").notNull(),
    sentAt: instant("sent_at"),
    replyTo: bigint("reply_to", { mode: "number" }),
    editedAt: instant("edited_at"),
    deletedAt: instant("deleted_at"),
    /** Emoji by name. */
    reactions: jsonb().$type<Record<string, string>>().notNull().default({}),
    /** `seq` of the last event applied to this row: what makes writing a batch twice harmless. */
    appliedSeq: bigint("applied_seq", { mode: "number" }).notNull(),
  },
  // Serves the history page (one conversation, seq descending from a cursor) and every write by seq.
  (table) => [primaryKey({ columns: [table.conversationId, table.seq] })],
);

export type MessageRow = typeof messages.$inferSelect;

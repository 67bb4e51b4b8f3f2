/** Conversations between accounts. Postgres is the projection; the Conversation object is the authority. */
import { sql } from "drizzle-orm";
import { bigint, boolean, index, pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import { instant } from "./columns.ts";

export const conversations = pgTable(
  "conversations",
  {
    id: uuid().primaryKey(),
    /** `direct`, `group` or `room`. */
    kind: text().notNull(),
    /** Null for a direct conversation. */
    name: text(),
    createdBy: uuid("created_by"),
    createdAt: instant("created_at").notNull(),
    /** Whether it may be written to. */
    open: boolean().notNull().default(true),
    /** Rises with every change of this row: one that comes late changes nothing. */
    version: bigint({ mode: "number" }).notNull().default(0),
    /** Set once nobody was left in it; its messages are gone then. */
    endedAt: instant("ended_at"),
  },
  (table) => [
    // Serves the list of rooms.
    index("conversations_rooms")
      .on(table.createdAt, table.id)
      .where(sql`kind = 'room' and ended_at is null`),
  ],
);

export const conversationMembers = pgTable(
  "conversation_members",
  {
    conversationId: uuid("conversation_id").notNull(),
    accountId: uuid("account_id").notNull(),
    /** `owner`, `admin` or `member`; null once they left. */
    role: text(),
    muted: boolean().notNull(),
    joinedAt: instant("joined_at").notNull(),
    version: bigint({ mode: "number" }).notNull(),
  },
  (table) => [
    // Serves restoring a conversation, and every write.
    primaryKey({ columns: [table.conversationId, table.accountId] }),
    // Serves restoring an account's list of conversations.
    index("conversation_members_account").on(table.accountId),
  ],
);

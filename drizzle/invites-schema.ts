/** Invites of all kinds: to be friends, to join a group, to come by way of an email address. */
import { sql } from "drizzle-orm";
import { index, pgTable, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import type { InviteKind, InviteStatus } from "../protocol/platform/invites.ts";
import { instant } from "./columns.ts";

export const invites = pgTable(
  "invites",
  {
    id: uuid().primaryKey(),
    kind: text().$type<InviteKind>().notNull(),
    fromId: uuid("from_id").notNull(),
    /** Null for an address that no account has verified. The sender is not told until the invite is accepted. */
    toId: uuid("to_id"),
    conversationId: uuid("conversation_id"),
    /** As the sender wrote it, and `emailKey(email)`. */
    email: text(),
    emailKey: text("email_key"),
    /** `pending` may mean that it has expired: see `expiresAt`. Leaves `pending` once, and for good. */
    status: text().$type<InviteStatus>().notNull().default("pending"),
    /** What it is for, as long as nobody may get a second invite for the same: see `slotOf` in invites.ts. */
    slot: text(),
    createdAt: instant("created_at").notNull(),
    expiresAt: instant("expires_at").notNull(),
  },
  (table) => [
    // Decides that there is one open invite for the same.
    uniqueIndex("invites_slot").on(table.slot),
    // Serve the lists of invites that somebody got and sent, newest first, and the deletion of an account.
    index("invites_received").on(table.toId, table.createdAt, table.id),
    index("invites_sent").on(table.fromId, table.createdAt, table.id),
    // Serves the end of what is open between two people.
    index("invites_pending")
      .on(table.fromId, table.toId)
      .where(sql`status = 'pending'`),
    // Serves who has just verified an address.
    index("invites_unclaimed")
      .on(table.emailKey)
      .where(sql`to_id is null and status = 'pending'`),
  ],
);

export type InviteRow = typeof invites.$inferSelect;

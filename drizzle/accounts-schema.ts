/** Accounts. Postgres is the authority for them; their sessions are in the Inbox object. */
import { sql } from "drizzle-orm";
import { boolean, index, integer, pgTable, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { instant } from "./columns.ts";

export const accounts = pgTable(
  "accounts",
  {
    id: uuid().primaryKey(),
    /** As its owner wrote it; null once the account was deleted. */
    email: text(),
    /** `emailKey(email)`. Several accounts may claim an address until one of them has verified it. */
    emailKey: text("email_key"),
    emailVerifiedAt: instant("email_verified_at"),
    /** Lower case. Stays when the account is deleted, so that nobody can become who somebody else was. */
    username: text().notNull(),
    /** Empty once the account was deleted. */
    displayName: text("display_name").notNull(),
    /** With its salt and parameters; empty once the account was deleted. */
    passwordHash: text("password_hash").notNull(),
    /** Rises with every change of the password: sessions of an older one are none. */
    passwordVersion: integer("password_version").notNull().default(1),
    /** Whether a search for users may find it: only who opted in. */
    discoverable: boolean().notNull().default(false),
    createdAt: instant("created_at").notNull(),
    deletedAt: instant("deleted_at"),
  },
  (table) => [
    // Decides who gets a username, and serves login by it.
    uniqueIndex("accounts_username").on(table.username),
    // Decides who has an address.
    uniqueIndex("accounts_verified_email")
      .on(table.emailKey)
      .where(sql`email_verified_at is not null`),
    // Serves login by email: the oldest accounts that claim it.
    index("accounts_email").on(table.emailKey, table.createdAt),
    // Serves the search by how a username begins. By bytes: other collations don't keep what begins alike together.
    index("accounts_discoverable")
      .on(sql`username collate "C"`)
      .where(sql`discoverable`),
  ],
);

export type AccountRow = typeof accounts.$inferSelect;

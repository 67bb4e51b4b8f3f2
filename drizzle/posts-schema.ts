/** What people write for whoever follows them. */
import { index, pgTable, text, uuid } from "drizzle-orm/pg-core";
import { instant } from "./columns.ts";

export const posts = pgTable(
  "posts",
  {
    id: uuid().primaryKey(),
    authorId: uuid("author_id").notNull(),
    /** Empty once deleted. */
    content: text().notNull(),
    createdAt: instant("created_at").notNull(),
    /** The row stays, so that a late repeat of the request does not bring the post back. */
    deletedAt: instant("deleted_at"),
  },
  // Serves a person's posts, newest first, each part of a feed, and the deletion of an account.
  (table) => [index("posts_by_author").on(table.authorId, table.createdAt, table.id)],
);

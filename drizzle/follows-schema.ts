/** Who reads whose posts. */
import { index, pgTable, primaryKey, uuid } from "drizzle-orm/pg-core";
import { instant } from "./columns.ts";

export const follows = pgTable(
  "follows",
  {
    followerId: uuid("follower_id").notNull(),
    followedId: uuid("followed_id").notNull(),
    createdAt: instant("created_at").notNull(),
  },
  (table) => [
    // Decides that nobody follows twice, and serves the feed.
    primaryKey({ columns: [table.followerId, table.followedId] }),
    // Serves the list of those whom somebody follows, newest first.
    index("follows_following").on(table.followerId, table.createdAt, table.followedId),
    // Serves the list of followers, newest first, and the deletion of an account.
    index("follows_followers").on(table.followedId, table.createdAt, table.followerId),
  ],
);

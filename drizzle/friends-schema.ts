/** Who are friends: one row for two people, the lower id first. */
import { index, pgTable, primaryKey, uuid } from "drizzle-orm/pg-core";
import { instant } from "./columns.ts";

export const friendships = pgTable(
  "friendships",
  {
    low: uuid().notNull(),
    high: uuid().notNull(),
    createdAt: instant("created_at").notNull(),
  },
  (table) => [
    // Decides that two people are friends once, and serves one half of somebody's friends, by id.
    primaryKey({ columns: [table.low, table.high] }),
    // Serves the other half.
    index("friendships_high").on(table.high, table.low),
  ],
);

/** Who wants nothing to do with whom. */
import { index, pgTable, primaryKey, uuid } from "drizzle-orm/pg-core";
import { instant } from "./columns.ts";

export const blocks = pgTable(
  "blocks",
  {
    blockerId: uuid("blocker_id").notNull(),
    blockedId: uuid("blocked_id").notNull(),
    createdAt: instant("created_at").notNull(),
  },
  (table) => [
    // Serves the question whether one has blocked the other.
    primaryKey({ columns: [table.blockerId, table.blockedId] }),
    // Serves the list of those whom somebody has blocked, newest first.
    index("blocks_newest").on(table.blockerId, table.createdAt, table.blockedId),
    // Serves the deletion of an account.
    index("blocks_blocked").on(table.blockedId),
  ],
);

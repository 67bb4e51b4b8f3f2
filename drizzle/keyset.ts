/** Pages of lists that are sorted by time, newest first; things of the same moment by their id. */
import { desc, type SQL, sql } from "drizzle-orm";
import type { PgColumn } from "drizzle-orm/pg-core";

/** The last thing on a page: when it came, in milliseconds since 1970, and its id. */
export type TimeKey = readonly [time: number, id: string];

/** What comes after `key`, or everything. */
export function olderThan(time: PgColumn, id: PgColumn, key: TimeKey | undefined): SQL | undefined {
  return key && sql`(${time}, ${id}) < (${new Date(key[0]).toISOString()}::timestamptz, ${key[1]}::uuid)`;
}

export function newestFirst(time: PgColumn, id: PgColumn): SQL[] {
  return [desc(time), desc(id)];
}

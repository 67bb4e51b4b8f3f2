/** Columns that several tables have. */
import { timestamp } from "drizzle-orm/pg-core";

/** A moment, to the millisecond. */
export function instant(name: string) {
  return timestamp(name, { withTimezone: true, precision: 3, mode: "date" });
}

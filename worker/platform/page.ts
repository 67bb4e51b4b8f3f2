/**
 * Pages by keyset: a cursor holds the sort key of the last thing on a page, so that a page costs the same wherever it
 * is, and things that come or go meanwhile neither repeat nor hide others. It grants nothing: a query that uses one
 * still asks for what the caller may see.
 */
import * as z from "zod/mini";
import { DuetError } from "../../protocol/errors.ts";
import { Uuid } from "../../protocol/platform/fields.ts";

/** The last millisecond that Postgres and JavaScript write alike. */
const LAST_TIME = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/** Cursors of lists that are sorted by time in Postgres: milliseconds since 1970, and an id. */
export const TimeCursor = z.tuple([z.int().check(z.nonnegative(), z.lte(LAST_TIME)), Uuid]);

/** The sort key of one thing in a list, its unique part last. */
type Key = readonly (string | number)[];

/**
 * @param schema - of the list's keys, such as `z.tuple([z.int(), Uuid])`
 * @param cursor - as the client sent it
 * @returns the key after which the page begins, or undefined for the first page
 * @throws DuetError `CURSOR_INVALID`
 */
export function readCursor<T extends z.ZodMiniType>(schema: T, cursor: string | undefined): z.output<T> | undefined {
  if (cursor === undefined) return undefined;
  const key = schema.safeParse(parseJson(Buffer.from(cursor, "base64url").toString()));
  if (!key.success) throw new DuetError("CURSOR_INVALID");
  return key.data;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * @param rows - one more than `limit`, if there are as many: whether there is a next page shows by that
 * @param keyOf - what the rows are sorted by
 */
export function toPage<T>(rows: readonly T[], limit: number, keyOf: (row: T) => Key) {
  const items = rows.slice(0, limit);
  const last = rows.length > limit ? items.at(-1) : undefined;
  return { items, nextCursor: last === undefined ? null : writeCursor(keyOf(last)) };
}

/** @param key - of the last thing on a page */
export function writeCursor(key: Key): string {
  return Buffer.from(JSON.stringify(key)).toString("base64url");
}

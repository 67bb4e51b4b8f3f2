/** People as others find and see them. */
import * as z from "zod/mini";
import { needingPostgres } from "../../durable-objects/circuit-breaker.ts";
import {
  findProfile,
  type Person as PersonRow,
  type Profile as ProfileRow,
  searchPeople as search,
} from "../../drizzle/people.ts";
import { DuetError } from "../../protocol/errors.ts";
import { Username, Uuid } from "../../protocol/platform/fields.ts";
import { type PeoplePage, type Person, type Profile, SearchQuery } from "../../protocol/platform/people.ts";
import { readQuery } from "../body.ts";
import type { AppContext } from "../context.ts";
import { limit as limitRate, storesOf } from "../stores.ts";
import { readCursor, toPage } from "./page.ts";
import { callerOf } from "./require-account.ts";

/** What usernames are made of, and how long they are. */
const PREFIX = /^[a-z0-9_.]{1,30}$/;
const SearchCursor = z.tuple([Username]);

export async function searchPeople(c: AppContext) {
  const { accountId } = callerOf(c);
  const { q, limit, cursor } = readQuery(c, SearchQuery);
  const [after] = readCursor(SearchCursor, cursor) ?? [];
  const { db, searches } = storesOf(c.env);
  await limitRate(searches, accountId);
  const prefix = q.trim().toLowerCase();
  const found = PREFIX.test(prefix) ? await needingPostgres(() => search(db, accountId, prefix, limit + 1, after)) : [];
  const { items, nextCursor } = toPage(found, limit, ({ username }) => [username]);
  const answer: PeoplePage = { users: items.map(toPerson), next_cursor: nextCursor };
  return c.json(answer);
}

export async function profile(c: AppContext) {
  const name = c.req.param("username");
  const username = Username.safeParse(name);
  // No username looks like an id: it has no hyphens.
  const row = username.success ? await findVisible(c, "username", username.data) : await requirePerson(c, name);
  const { isFriend, isFollowing, isBlocked } = row;
  const answer: Profile = {
    ...toPerson(row),
    is_friend: isFriend,
    is_following: isFollowing,
    is_blocked: isBlocked,
  };
  return c.json(answer);
}

/**
 * Whom an id names, as far as the caller may know of them.
 *
 * @throws DuetError `USER_UNKNOWN`
 */
export async function requirePerson(c: AppContext, id: string | undefined): Promise<ProfileRow> {
  const parsed = Uuid.safeParse(id);
  if (!parsed.success) throw new DuetError("USER_UNKNOWN");
  return findVisible(c, "id", parsed.data);
}

/** @throws DuetError `USER_UNKNOWN`, or `NOT_YOURSELF` for the caller's own id */
export async function requireOther(c: AppContext, id: string | undefined): Promise<ProfileRow> {
  const person = await requirePerson(c, id);
  if (person.id === callerOf(c).accountId) throw new DuetError("NOT_YOURSELF");
  return person;
}

async function findVisible(c: AppContext, by: "id" | "username", name: string): Promise<ProfileRow> {
  const { accountId } = callerOf(c);
  const row = await needingPostgres(() => findProfile(storesOf(c.env).db, accountId, by, name));
  if (!row) throw new DuetError("USER_UNKNOWN");
  return row;
}

export function toPerson({ id, username, displayName }: PersonRow): Person {
  return { id, username, display_name: displayName };
}

/** Following people. */
import { needingPostgres } from "../../durable-objects/circuit-breaker.ts";
import { follow as storeFollow, listFollows, unfollow as storeUnfollow } from "../../drizzle/follows.ts";
import { DuetError } from "../../protocol/errors.ts";
import { PageQuery } from "../../protocol/platform/page.ts";
import type { PeoplePage } from "../../protocol/platform/people.ts";
import { readQuery } from "../body.ts";
import type { AppContext } from "../context.ts";
import { storesOf } from "../stores.ts";
import { readCursor, TimeCursor, toPage } from "./page.ts";
import { requireOther, requirePerson, toPerson } from "./people.ts";
import { callerOf } from "./require-account.ts";

export async function follow(c: AppContext) {
  const { accountId } = callerOf(c);
  const { id, isBlocked } = await requireOther(c, c.req.param("id"));
  if (isBlocked) throw new DuetError("BLOCKED_BY_YOU");
  const { db, limits } = storesOf(c.env);
  const outcome = await needingPostgres(() => storeFollow(db, accountId, id, limits.FOLLOWED_PER_ACCOUNT));
  if (outcome === "too many") throw new DuetError("FOLLOWING_TOO_MANY");
  if (outcome === "unknown") throw new DuetError("USER_UNKNOWN");
  return c.body(null, 204);
}

export async function unfollow(c: AppContext) {
  const { accountId } = callerOf(c);
  const { id } = await requireOther(c, c.req.param("id"));
  await needingPostgres(() => storeUnfollow(storesOf(c.env).db, accountId, id));
  return c.body(null, 204);
}

export function followers(c: AppContext) {
  return list(c, "followers");
}

export function following(c: AppContext) {
  return list(c, "following");
}

async function list(c: AppContext, side: "followers" | "following") {
  const { accountId } = callerOf(c);
  const { limit, cursor } = readQuery(c, PageQuery);
  const after = readCursor(TimeCursor, cursor);
  const { id } = await requirePerson(c, c.req.param("id"));
  const { db } = storesOf(c.env);
  const rows = await needingPostgres(() => listFollows(db, accountId, side, id, limit + 1, after));
  const { items, nextCursor } = toPage(rows, limit, ({ createdAt, id }) => [createdAt.getTime(), id]);
  const answer: PeoplePage = { users: items.map(toPerson), next_cursor: nextCursor };
  return c.json(answer);
}

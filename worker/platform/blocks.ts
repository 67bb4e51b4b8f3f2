/** Blocking people. Whom one has blocked is not told: to them, one is unknown. */
import { needingPostgres } from "../../durable-objects/circuit-breaker.ts";
import { block as storeBlock, listBlocks, unblock as storeUnblock } from "../../drizzle/blocks.ts";
import { DuetError } from "../../protocol/errors.ts";
import { Uuid } from "../../protocol/platform/fields.ts";
import { PageQuery } from "../../protocol/platform/page.ts";
import type { BlocksPage } from "../../protocol/platform/people.ts";
import { readQuery } from "../body.ts";
import type { AppContext } from "../context.ts";
import { storesOf } from "../stores.ts";
import { friendshipChanged, settleDirect } from "./friendship-changes.ts";
import { tellInvites } from "./invite-views.ts";
import { readCursor, TimeCursor, toPage } from "./page.ts";
import { requireOther } from "./people.ts";
import { callerOf } from "./require-account.ts";

export async function block(c: AppContext) {
  const { accountId, username } = callerOf(c);
  const person = await requireOther(c, c.req.param("id"));
  const { db } = storesOf(c.env);
  const { isBlocked, wasFriend, closed } = await needingPostgres(() => storeBlock(db, accountId, person.id));
  if (!isBlocked) throw new DuetError("USER_UNKNOWN");
  tellInvites(c, closed, [accountId, person.id]);
  if (wasFriend) await friendshipChanged(c, { id: accountId, username }, person, false);
  else await settleDirect(c, accountId, person.id);
  return c.body(null, 204);
}

/** Also of somebody who has blocked the caller since, and is unknown to them otherwise. */
export async function unblock(c: AppContext) {
  const { accountId } = callerOf(c);
  const id = Uuid.safeParse(c.req.param("id"));
  const { db } = storesOf(c.env);
  const wasBlocked = id.success && (await needingPostgres(() => storeUnblock(db, accountId, id.data)));
  if (!wasBlocked) await requireOther(c, c.req.param("id"));
  return c.body(null, 204);
}

export async function blocks(c: AppContext) {
  const { accountId } = callerOf(c);
  const { limit, cursor } = readQuery(c, PageQuery);
  const after = readCursor(TimeCursor, cursor);
  const rows = await needingPostgres(() => listBlocks(storesOf(c.env).db, accountId, limit + 1, after));
  const { items, nextCursor } = toPage(rows, limit, ({ createdAt, id }) => [createdAt.getTime(), id]);
  const answer: BlocksPage = {
    blocks: items.map(({ id, username, createdAt }) => ({ id, username, blocked_at: createdAt.getTime() })),
    next_cursor: nextCursor,
  };
  return c.json(answer);
}

/** Where somebody is logged in. */
import * as z from "zod/mini";
import { DuetError } from "../../protocol/errors.ts";
import { type SessionInfo, type SessionsPage } from "../../protocol/platform/auth.ts";
import { Uuid } from "../../protocol/platform/fields.ts";
import { PageQuery } from "../../protocol/platform/page.ts";
import { readQuery } from "../body.ts";
import type { AppContext } from "../context.ts";
import { reach } from "../conversations.ts";
import { inboxOf } from "./inboxes.ts";
import { readCursor, toPage } from "./page.ts";
import { callerOf } from "./require-account.ts";

const Cursor = z.tuple([z.int(), Uuid]);

export async function sessions(c: AppContext) {
  const { accountId, sessionId } = callerOf(c);
  const { limit, cursor } = readQuery(c, PageQuery);
  const after = readCursor(Cursor, cursor);
  const listed = await reach(inboxOf(c, accountId).listSessions(limit + 1, after));
  const { items, nextCursor } = toPage(listed, limit, ({ createdAt, id }) => [createdAt, id]);
  const infos = items.map(({ id, label, createdAt, usedAt, expiresAt }): SessionInfo => ({
    id,
    label,
    created_at: createdAt,
    used_at: usedAt,
    expires_at: expiresAt,
    current: id === sessionId,
  }));
  const answer: SessionsPage = { sessions: infos, next_cursor: nextCursor };
  return c.json(answer);
}

export async function endSession(c: AppContext) {
  const { accountId } = callerOf(c);
  const id = Uuid.safeParse(c.req.param("id"));
  const ended = id.success && (await reach(inboxOf(c, accountId).endSession(id.data)));
  if (!ended) throw new DuetError("SESSION_UNKNOWN");
  return c.body(null, 204);
}

/** Calls to conversations between accounts. */
import { needingPostgres } from "../../durable-objects/circuit-breaker.ts";
import type { Result } from "../../durable-objects/result.ts";
import { findThoseInTooMany } from "../../drizzle/conversations.ts";
import { DuetError } from "../../protocol/errors.ts";
import { Uuid } from "../../protocol/platform/fields.ts";
import type { AppContext } from "../context.ts";
import { call, conversation, reach } from "../conversations.ts";
import { storesOf } from "../stores.ts";
import { inboxOf } from "./inboxes.ts";
import { callerOf } from "./require-account.ts";

type Stub = ReturnType<typeof conversation>;

/**
 * Waits for a verb of the conversation that the path names.
 *
 * @throws DuetError what the verb refused with, `CONVERSATION_UNKNOWN` or `UNAVAILABLE`
 */
export function inConversation<T>(c: AppContext, verb: (stub: Stub) => Promise<Result<T>>): Promise<T> {
  const id = conversationIdOf(c);
  return ask(c, id, verb, async () => {
    const { isListed } = await reach(inboxOf(c, callerOf(c).accountId).conversationStanding(id));
    return isListed;
  });
}

/** The same for one that the caller's Inbox has just listed. */
export function inListed<T>(c: AppContext, id: string, verb: (stub: Stub) => Promise<Result<T>>): Promise<T> {
  return ask(c, id, verb, () => Promise.resolve(true));
}

/** The same for a room, which anybody may enter. */
export function inRoom<T>(c: AppContext, verb: (stub: Stub) => Promise<Result<T>>): Promise<T> {
  return ask(c, conversationIdOf(c), verb, () => Promise.resolve(true));
}

/**
 * An object that knows nothing, although there must be something, has lost its storage: it is restored. Others are not,
 * so that guessing ids costs no query.
 */
async function ask<T>(
  c: AppContext,
  id: string,
  verb: (stub: Stub) => Promise<Result<T>>,
  isExpected: () => Promise<boolean>,
): Promise<T> {
  const result = await reach(verb(conversation(c, id)));
  if (result.ok) return result.value;
  if (result.code !== "CONVERSATION_UNKNOWN" || !(await isExpected())) throw new DuetError(result.code);
  await call(conversation(c, id).restore());
  return call(verb(conversation(c, id)));
}

/** @throws DuetError `CONVERSATION_UNKNOWN` for what can't be an id: no object need be asked about it */
export function conversationIdOf(c: AppContext): string {
  const id = Uuid.safeParse(c.req.param("id"));
  if (!id.success) throw new DuetError("CONVERSATION_UNKNOWN");
  return id.data;
}

/**
 * Whether the caller may be in one more conversation.
 *
 * @throws DuetError `TOO_MANY_CONVERSATIONS`
 */
export async function requireRoomForMore(c: AppContext, id: string): Promise<void> {
  const { isListed, mayJoin } = await reach(inboxOf(c, callerOf(c).accountId).conversationStanding(id));
  if (!isListed && !mayJoin) throw new DuetError("TOO_MANY_CONVERSATIONS");
}

/**
 * The same for those whom the caller adds. Asked of Postgres, in one query for all of them: it may be some seconds
 * behind, and then somebody is in a few more.
 *
 * @throws DuetError `MEMBER_IN_TOO_MANY`
 */
export async function requireRoomForOthers(c: AppContext, id: string, others: readonly string[]): Promise<void> {
  const { db, limits } = storesOf(c.env);
  if (others.length === 0) return;
  const full = await needingPostgres(() => findThoseInTooMany(db, others, id, limits.CONVERSATIONS_PER_ACCOUNT));
  if (full.length > 0) throw new DuetError("MEMBER_IN_TOO_MANY");
}

/** The list of one's conversations: what happened last comes first. */
import * as z from "zod/mini";
import { needingPostgres } from "../../durable-objects/circuit-breaker.ts";
import type { ListedConversation } from "../../durable-objects/inbox/conversation-list.ts";
import { lastMessageTimes } from "../../drizzle/conversations.ts";
import { DuetError } from "../../protocol/errors.ts";
import type { Conversation, ConversationsPage } from "../../protocol/platform/conversations.ts";
import { Uuid } from "../../protocol/platform/fields.ts";
import { PageQuery } from "../../protocol/platform/page.ts";
import { readQuery } from "../body.ts";
import type { AppContext } from "../context.ts";
import { reach } from "../conversations.ts";
import { storesOf } from "../stores.ts";
import { inListed } from "./account-conversations.ts";
import { toConversation } from "./conversation-views.ts";
import { inboxOf } from "./inboxes.ts";
import { readCursor, toPage } from "./page.ts";
import { callerOf } from "./require-account.ts";

const Cursor = z.tuple([z.int(), Uuid]);

/** A conversation, and when something last happened there that its member may want to see. */
interface Active {
  id: string;
  /** Milliseconds since 1970: of the last message, or of joining. */
  at: number;
}

/**
 * Which are on a page follows from what Postgres has, which may be some seconds behind: asking every conversation would
 * wake them all. Those on it are asked, so what the page says of them, and their order on it, is as of now.
 */
export async function conversations(c: AppContext) {
  const { accountId } = callerOf(c);
  const { limit, cursor } = readQuery(c, PageQuery);
  const after = readCursor(Cursor, cursor);
  const listed = await reach(inboxOf(c, accountId).listConversations());
  const known = await archivedActivity(c, listed);
  const rest = known
    .toSorted(latestFirst)
    .filter((entry) => !after || latestFirst({ at: after[0], id: after[1] }, entry) < 0);
  const { items, nextCursor } = toPage(rest.slice(0, limit + 1), limit, ({ at, id }) => [at, id]);
  const found = (await Promise.all(items.map((entry) => withOverview(c, entry)))).flatMap((entry) => entry ?? []);
  const answer: ConversationsPage = {
    conversations: found.toSorted(latestFirst).map(({ overview }) => overview),
    next_cursor: nextCursor,
  };
  return c.json(answer);
}

function latestFirst(a: Active, b: Active): number {
  return b.at - a.at || (a.id === b.id ? 0 : a.id < b.id ? 1 : -1);
}

/** While Postgres is out, by when they were joined: the list is there all the same. */
async function archivedActivity(c: AppContext, listed: readonly ListedConversation[]): Promise<Active[]> {
  const ids = listed.map(({ id }) => id);
  const times = await needingPostgres(() => lastMessageTimes(storesOf(c.env).db, ids)).catch(ignoreOutage);
  return listed.map(({ id, joinedAt }) => ({ id, at: Math.max(joinedAt, times?.get(id) ?? 0) }));
}

function ignoreOutage(error: unknown): undefined {
  if (error instanceof DuetError && error.code === "UNAVAILABLE") return undefined;
  throw error;
}

/** Undefined for one that the caller has just left. */
async function withOverview(
  c: AppContext,
  { id, at }: Active,
): Promise<(Active & { overview: Conversation }) | undefined> {
  const { accountId } = callerOf(c);
  try {
    const overview = toConversation(await inListed(c, id, (stub) => stub.overview(accountId)));
    return { id, at: Math.max(at, overview.last_message?.sent_at ?? 0), overview };
  } catch (error) {
    if (error instanceof DuetError && error.code === "CONVERSATION_UNKNOWN") return undefined;
    throw error;
  }
}

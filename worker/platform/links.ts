/** Links to join a conversation by. A token names its conversation, and holds a secret that only the object knows. */
import * as z from "zod/mini";
import { DuetError } from "../../protocol/errors.ts";
import { LinkBody, type LinksPage, type NewLink } from "../../protocol/platform/conversations.ts";
import { Uuid } from "../../protocol/platform/fields.ts";
import { PageQuery } from "../../protocol/platform/page.ts";
import { readBody, readQuery } from "../body.ts";
import type { AppContext } from "../context.ts";
import { call, conversation } from "../conversations.ts";
import { limit as limitRate, storesOf } from "../stores.ts";
import { conversationIdOf, inConversation, requireRoomForMore } from "./account-conversations.ts";
import { toLink } from "./conversation-views.ts";
import { overview, profileOfCaller } from "./conversations.ts";
import { readCursor, toPage } from "./page.ts";
import { callerOf } from "./require-account.ts";

const Cursor = z.tuple([z.int(), Uuid]);
const TOKEN = /^([0-9a-f]{32})([\w-]{32})$/;

export async function createLink(c: AppContext) {
  const { accountId } = callerOf(c);
  const { expires_in: seconds, max_uses: maxUses } = await readBody(c, LinkBody);
  const wish = { expiresAt: Date.now() + seconds * 1_000, maxUses };
  const { secret, ...link } = await inConversation(c, (stub) => stub.createLink(accountId, wish));
  const answer: NewLink = { ...toLink(link), token: conversationIdOf(c).replaceAll("-", "") + secret };
  return c.json(answer, 201);
}

export async function links(c: AppContext) {
  const { accountId } = callerOf(c);
  const { limit, cursor } = readQuery(c, PageQuery);
  const after = readCursor(Cursor, cursor);
  const entries = await inConversation(c, (stub) => stub.links(accountId, limit + 1, after));
  const { items, nextCursor } = toPage(entries, limit, ({ createdAt, id }) => [createdAt, id]);
  const answer: LinksPage = { links: items.map(toLink), next_cursor: nextCursor };
  return c.json(answer);
}

export async function revokeLink(c: AppContext) {
  const { accountId } = callerOf(c);
  const linkId = Uuid.safeParse(c.req.param("link_id"));
  await inConversation(c, (stub) => stub.revokeLink(accountId, linkId.data ?? ""));
  return c.body(null, 204);
}

export async function joinByLink(c: AppContext) {
  const [, hex = "", secret = ""] = TOKEN.exec(c.req.param("token") ?? "") ?? [];
  const id = Uuid.safeParse(hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5"));
  if (!id.success) throw new DuetError("LINK_INVALID");
  await limitRate(storesOf(c.env).joins, callerOf(c).accountId);
  await requireRoomForMore(c, id.data);
  const profile = await profileOfCaller(c);
  await call(conversation(c, id.data).joinByLink(profile, secret));
  return c.json(await overview(c, id.data));
}

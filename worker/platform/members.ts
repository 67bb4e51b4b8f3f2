/** Who belongs to a conversation, and as what. */
import * as z from "zod/mini";
import { DuetError } from "../../protocol/errors.ts";
import { AddMembersBody, type MembersPage, RoleBody } from "../../protocol/platform/conversations.ts";
import { Uuid } from "../../protocol/platform/fields.ts";
import { PageQuery } from "../../protocol/platform/page.ts";
import type { MemberCursor, MemberEntry } from "../../durable-objects/account/membership.ts";
import { readBody, readQuery } from "../body.ts";
import type { AppContext } from "../context.ts";
import { conversationIdOf, inConversation, requireRoomForOthers } from "./account-conversations.ts";
import { toParticipant } from "./conversation-views.ts";
import { profilesOfFriends } from "./conversations.ts";
import { readCursor, toPage } from "./page.ts";
import { callerOf } from "./require-account.ts";

const Cursor = z.tuple([z.int(), Uuid]);

export async function members(c: AppContext) {
  const { accountId } = callerOf(c);
  return memberPage(c, (limit, after) => inConversation(c, (stub) => stub.members(accountId, limit, after)));
}

/** @param read - reads one more than fit on the page, to know whether there is a next one */
export async function memberPage(
  c: AppContext,
  read: (limit: number, after: MemberCursor | undefined) => Promise<MemberEntry[]>,
) {
  const { limit, cursor } = readQuery(c, PageQuery);
  const entries = await read(limit + 1, readCursor(Cursor, cursor));
  const { items, nextCursor } = toPage(entries, limit, ({ joinedAt, id }) => [joinedAt, id]);
  const answer: MembersPage = { members: items.map(toParticipant), next_cursor: nextCursor };
  return c.json(answer);
}

export async function addMembers(c: AppContext) {
  const { accountId } = callerOf(c);
  const { account_ids: ids } = await readBody(c, AddMembersBody);
  // First, so that nobody learns who is friends with whom by a conversation that they are not in.
  await inConversation(c, (stub) => stub.may(accountId, "add"));
  const profiles = await profilesOfFriends(c, [...new Set(ids)]);
  await requireRoomForOthers(c, conversationIdOf(c), ids);
  await inConversation(c, (stub) => stub.addMembers(accountId, profiles));
  return c.body(null, 204);
}

export async function changeMember(c: AppContext) {
  const { accountId } = callerOf(c);
  const { role } = await readBody(c, RoleBody);
  const target = targetOf(c);
  await inConversation(c, (stub) => stub.setRole(accountId, target, role));
  return c.body(null, 204);
}

export async function removeMember(c: AppContext) {
  const { accountId } = callerOf(c);
  const target = targetOf(c);
  await inConversation(c, (stub) => stub.removeMember(accountId, target));
  return c.body(null, 204);
}

function targetOf(c: AppContext): string {
  const text = c.req.param("account_id");
  const id = text === "me" ? callerOf(c).accountId : Uuid.safeParse(text).data;
  if (id === undefined) throw new DuetError("MEMBER_UNKNOWN");
  return id;
}

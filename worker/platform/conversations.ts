/** Conversations: to begin, to look at, to rename and to mute. */
import { needingPostgres } from "../../durable-objects/circuit-breaker.ts";
import type { Profile } from "../../durable-objects/account/membership.ts";
import { findProfiles } from "../../drizzle/accounts.ts";
import { areFriends } from "../../drizzle/friends.ts";
import { DuetError } from "../../protocol/errors.ts";
import { type Conversation, ConversationBody, ConversationPatch } from "../../protocol/platform/conversations.ts";
import { readBody } from "../body.ts";
import type { AppContext } from "../context.ts";
import { call, conversation as stubOf } from "../conversations.ts";
import { limit as limitRate, storesOf } from "../stores.ts";
import { inConversation, requireRoomForMore, requireRoomForOthers } from "./account-conversations.ts";
import { toConversation } from "./conversation-views.ts";
import { directConversationId } from "./direct-conversations.ts";
import { settleDirect } from "./friendship-changes.ts";
import { callerOf } from "./require-account.ts";

export async function createConversation(c: AppContext) {
  const { accountId } = callerOf(c);
  const wish = await readBody(c, ConversationBody);
  const { limits, foundings } = storesOf(c.env);
  await limitRate(foundings, accountId);
  const isDirect = wish.kind === "direct";
  const others = isDirect ? [wish.other] : wish.others.filter((id) => id !== accountId);
  const id = isDirect ? directConversationId(accountId, wish.other) : crypto.randomUUID();
  if (others.length >= limits.MEMBERS_PER_CONVERSATION) throw new DuetError("CONVERSATION_FULL");
  await requireRoomForMore(c, id);
  const members = [await profileOfCaller(c), ...(await profilesOfFriends(c, others))];
  await requireRoomForOthers(c, id, others);
  const [name, createdBy] = isDirect ? [null, null] : [wish.name, accountId];
  const founding = { id, kind: wish.kind, name, createdBy, createdAt: Date.now(), members };
  const isNew = await call(stubOf(c, id).found(founding));
  // It opens by this: what became of the friendship since it was asked for counts.
  if (isDirect) await settleDirect(c, accountId, wish.other);
  return c.json(await overview(c, id), isNew ? 201 : 200);
}

export function profileOfCaller(c: AppContext): Promise<Profile> {
  return profileOf(c, callerOf(c).accountId);
}

/**
 * @param accountId - of the caller, or of whom the caller stands for
 * @throws DuetError `UNAUTHENTICATED` when the account is being deleted at this moment
 */
export async function profileOf(c: AppContext, accountId: string): Promise<Profile> {
  const [profile] = await needingPostgres(() => findProfiles(storesOf(c.env).db, [accountId]));
  if (!profile) throw new DuetError("UNAUTHENTICATED");
  return profile;
}

/** @throws DuetError `NOT_YOURSELF`, or `NOT_FRIENDS`, also when there is no such account */
export async function profilesOfFriends(c: AppContext, ids: readonly string[]): Promise<Profile[]> {
  const { accountId } = callerOf(c);
  const { db } = storesOf(c.env);
  if (ids.length === 0) return [];
  if (ids.includes(accountId)) throw new DuetError("NOT_YOURSELF");
  const isConsented = await needingPostgres(() => areFriends(db, accountId, ids));
  const profiles = isConsented ? await needingPostgres(() => findProfiles(db, ids)) : [];
  if (profiles.length < ids.length) throw new DuetError("NOT_FRIENDS");
  return profiles;
}

/** What the caller sees of a conversation. */
export async function overview(c: AppContext, id: string): Promise<Conversation> {
  return toConversation(await call(stubOf(c, id).overview(callerOf(c).accountId)));
}

export async function conversation(c: AppContext) {
  const { accountId } = callerOf(c);
  return c.json(toConversation(await inConversation(c, (stub) => stub.overview(accountId))));
}

export async function changeConversation(c: AppContext) {
  const { accountId } = callerOf(c);
  const { name, muted } = await readBody(c, ConversationPatch);
  if (name !== undefined) await inConversation(c, (stub) => stub.rename(accountId, name));
  if (muted !== undefined) await inConversation(c, (stub) => stub.setMuted(accountId, muted));
  return conversation(c);
}

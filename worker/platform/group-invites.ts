/** What an invite to a group needs of the group. */
import { DuetError } from "../../protocol/errors.ts";
import { Uuid } from "../../protocol/platform/fields.ts";
import type { AppContext } from "../context.ts";
import { call, conversation } from "../conversations.ts";
import { profileOf } from "./conversations.ts";

/**
 * Whether an account may invite somebody into a group.
 *
 * @throws DuetError `CONVERSATION_UNKNOWN` when it is not in there, `NOT_ALLOWED`, `ALREADY_MEMBER`
 */
export async function mayInvite(
  c: AppContext,
  conversationId: string,
  accountId: string,
  guestId: string,
): Promise<void> {
  if (!Uuid.safeParse(conversationId).success) throw new DuetError("CONVERSATION_UNKNOWN");
  await call(conversation(c, conversationId).may(accountId, "add", guestId));
}

/**
 * Makes an account a member of a group. Doing it again changes nothing.
 *
 * @throws DuetError `INVITE_CLOSED` when the group is gone, who invited them may do so no longer, or they have been in
 *   since
 */
export async function joinGroup(
  c: AppContext,
  conversationId: string,
  accountId: string,
  { fromId: invitedBy, createdAt }: { fromId: string; createdAt: Date },
): Promise<void> {
  const profile = await profileOf(c, accountId);
  try {
    await call(conversation(c, conversationId).addMembers(invitedBy, [profile], createdAt.getTime()));
  } catch (error) {
    // How it stands there is nothing to somebody who is not in it: the invite is no good any more.
    const isClosed = error instanceof DuetError && ["CONVERSATION_UNKNOWN", "NOT_ALLOWED"].includes(error.code);
    throw isClosed ? new DuetError("INVITE_CLOSED") : error;
  }
}

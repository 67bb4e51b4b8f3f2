/** How conversations, messages and members look in answers. */
import type { LinkEntry } from "../../durable-objects/account/links.ts";
import type { MemberEntry } from "../../durable-objects/account/membership.ts";
import type { Overview } from "../../durable-objects/account/overview.ts";
import { type Conversation, type Link, type Participant, toMessage } from "../../protocol/platform/conversations.ts";

export function toParticipant({ id, username, displayName, role, joinedAt }: MemberEntry): Participant {
  return { id, username, display_name: displayName, role, joined_at: joinedAt };
}

export function toConversation(overview: Overview): Conversation {
  const { id, kind, name, role, muted, open, epoch, head, other, lastMessage } = overview;
  return {
    id,
    kind,
    name,
    role,
    muted,
    open,
    created_at: overview.createdAt,
    member_count: overview.memberCount,
    participant: other && toParticipant(other),
    unread_count: overview.unread,
    last_message: lastMessage && toMessage(id, lastMessage, overview.usernames[lastMessage.sender]),
    epoch,
    head,
  };
}

export function toLink({ id, createdBy, createdAt, expiresAt, maxUses, uses }: LinkEntry): Link {
  return { id, created_by: createdBy, created_at: createdAt, expires_at: expiresAt, max_uses: maxUses, uses };
}

/** Bodies, queries and answers about conversations between accounts, and their messages. */
import * as z from "zod/mini";
import { Body, Emoji, MessageId, Name, Seq, SeqOrZero, Timestamp, Uuid } from "../fields.ts";
import type { TranscriptMessage } from "../transcript.ts";
import { NextCursor } from "./page.ts";
import { CONVERSATION_KINDS, ROLES } from "./permissions.ts";

/** With `participant_id` a direct conversation, with `name` and `participant_ids` a group. */
export const ConversationBody = z.pipe(
  z.object({
    participant_id: z.optional(Uuid),
    name: z.optional(Name),
    participant_ids: z.optional(z.array(Uuid).check(z.maxLength(999))),
  }),
  z.transform(({ participant_id: other, name, participant_ids: others }, context) => {
    if (other !== undefined) return { kind: "direct" as const, other };
    if (name !== undefined) return { kind: "group" as const, name, others: [...new Set(others)] };
    const missing = others === undefined ? "participant_id" : "name";
    context.issues.push({ code: "custom", input: undefined, path: [missing], message: "missing" });
    return z.NEVER;
  }),
);

export const ConversationPatch = z.object({ name: z.optional(Name), muted: z.optional(z.boolean()) });

export const RoomBody = z.object({ name: Name });

export const MessageBody = z.object({
  content: Body,
  /** The caller's own id of the message: sent again under the same one, it is stored once. */
  id: z.optional(MessageId),
  reply_to: z.optional(Seq),
});

export const EditBody = z.object({ content: Body, id: z.optional(MessageId) });
export const ReactionBody = z.object({ emoji: Emoji, id: z.optional(MessageId) });
export const ReadBody = z.object({ seq: Seq });
export const TypingBody = z.object({ on: z.boolean() });

const Role = z.enum(ROLES);

export const AddMembersBody = z.object({ account_ids: z.array(Uuid).check(z.minLength(1), z.maxLength(999)) });
export const RoleBody = z.object({ role: Role });

/** Days that a link lasts unless something else is said. */
const LINK_SECONDS_DEFAULT = 7 * 86_400;
const LINK_SECONDS_MAX = 365 * 86_400;
const LINK_USES_MAX = 1_000_000;

export const LinkBody = z.object({
  /** Seconds. */
  expires_in: z._default(z.int().check(z.minimum(1), z.maximum(LINK_SECONDS_MAX)), LINK_SECONDS_DEFAULT),
  max_uses: z._default(z.nullable(z.int().check(z.minimum(1), z.maximum(LINK_USES_MAX))), null),
});

/** A message with all changes applied, as the first documents name its fields. */
export const Message = z.object({
  id: MessageId,
  seq: Seq,
  conversation_id: Uuid,
  sender_id: Uuid,
  /** Empty once the account was deleted. */
  sender_username: z.string(),
  /** Empty once the message was deleted. */
  content: z.string(),
  type: z.literal("text"),
  sent_at: Timestamp,
  reply_to: z.nullable(Seq),
  edited_at: z.nullable(Timestamp),
  deleted_at: z.nullable(Timestamp),
  /** One emoji at most per person, by account id. */
  reactions: z.record(Uuid, z.string()),
});
export type Message = z.infer<typeof Message>;

/** @param username - of the sender; undefined of a deleted account */
export function toMessage(conversationId: string, message: TranscriptMessage, username: string | undefined): Message {
  return {
    id: message.id,
    seq: message.seq,
    conversation_id: conversationId,
    sender_id: message.sender,
    sender_username: username ?? "",
    content: message.body,
    type: "text",
    sent_at: message.at,
    reply_to: message.replyTo ?? null,
    edited_at: message.editedAt ?? null,
    deleted_at: message.deletedAt ?? null,
    reactions: message.reactions,
  };
}

export const MessagesPage = z.object({
  /** Newest first. */
  messages: z.array(Message),
  next_cursor: NextCursor,
  /** Which log and up to which `seq` the page reflects: what follows comes over the socket. */
  epoch: z.string(),
  head: SeqOrZero,
});
export type MessagesPage = z.infer<typeof MessagesPage>;

/** Where a change was stored. */
export const Stored = z.object({ id: MessageId, conversation_id: Uuid, seq: Seq, sent_at: Timestamp });
export type Stored = z.infer<typeof Stored>;

export const Participant = z.object({
  id: Uuid,
  /** Null, as the display name, once the account was deleted. */
  username: z.nullable(z.string()),
  display_name: z.nullable(z.string()),
  role: Role,
  joined_at: Timestamp,
});
export type Participant = z.infer<typeof Participant>;

export const Conversation = z.object({
  id: Uuid,
  kind: z.enum(CONVERSATION_KINDS),
  /** Null for a direct conversation. */
  name: z.nullable(z.string()),
  /** The caller's. */
  role: Role,
  muted: z.boolean(),
  /** Whether messages can be written: not in a direct conversation of two who are friends no more. */
  open: z.boolean(),
  created_at: Timestamp,
  member_count: z.int(),
  /** The other person of a direct conversation; null once that account was deleted. */
  participant: z.nullable(Participant),
  /** Messages of others that the caller has not read, deleted ones aside; of a long log, those that the object keeps. */
  unread_count: z.int(),
  last_message: z.nullable(Message),
  epoch: z.string(),
  head: SeqOrZero,
});
export type Conversation = z.infer<typeof Conversation>;

export const ConversationsPage = z.object({ conversations: z.array(Conversation), next_cursor: NextCursor });
export type ConversationsPage = z.infer<typeof ConversationsPage>;

export const MembersPage = z.object({ members: z.array(Participant), next_cursor: NextCursor });
export type MembersPage = z.infer<typeof MembersPage>;

export const Link = z.object({
  id: Uuid,
  created_by: Uuid,
  created_at: Timestamp,
  expires_at: Timestamp,
  max_uses: z.nullable(z.int()),
  uses: z.int(),
});
export type Link = z.infer<typeof Link>;

/** Only the answer to its making has the token. */
export const NewLink = z.extend(Link, { token: z.string() });
export type NewLink = z.infer<typeof NewLink>;

export const LinksPage = z.object({ links: z.array(Link), next_cursor: NextCursor });
export type LinksPage = z.infer<typeof LinksPage>;

const Room = z.object({ id: Uuid, name: z.string(), created_at: Timestamp });

export const RoomsPage = z.object({ rooms: z.array(Room), next_cursor: NextCursor });
export type RoomsPage = z.infer<typeof RoomsPage>;

/** `ticket` goes to `/chat-server/ws?ticket=`, once, within `expires_in` seconds. */
export const Ticket = z.object({ ticket: z.string(), expires_in: z.int() });
export type Ticket = z.infer<typeof Ticket>;

/** Of the account socket, for clients that can't name subprotocols. A token in an address may end up in logs; a ticket is used up. */
export const SocketQuery = z.object({ ticket: z.optional(z.string()), token: z.optional(z.string()) });

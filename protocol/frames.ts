/** The socket protocol, version 1: JSON text frames, one union per direction, told apart by `type`. */
import * as z from "zod/mini";
import { Body, Emoji, MemberKey, MessageId, Seq, SeqOrZero, Timestamp } from "./fields.ts";

export const PROTOCOL_VERSION = 1;

/** Sent by the client, letter for letter; the runtime answers without waking the object. */
export const PING = '{"type":"ping"}';

/** Identifies one life of a conversation's log; a new one means that old `seq`s say nothing. */
/** Which life of a log. */
export const Epoch = z.string().check(z.minLength(1), z.maxLength(64));

const hello = z.object({
  type: z.literal("hello"),
  v: z.literal(PROTOCOL_VERSION),
  epoch: z.optional(Epoch),
  since: z.optional(SeqOrZero),
});
const send = z.object({
  type: z.literal("send"),
  id: MessageId,
  body: Body,
  replyTo: z.optional(Seq),
  sentAt: z.optional(Timestamp),
});
const edit = z.object({ type: z.literal("edit"), id: MessageId, seq: Seq, body: Body });
const remove = z.object({ type: z.literal("delete"), id: MessageId, seq: Seq });
const react = z.object({ type: z.literal("react"), id: MessageId, seq: Seq, emoji: z.nullable(Emoji) });
const clientTyping = z.object({ type: z.literal("typing"), on: z.boolean() });
const delivered = z.object({ type: z.literal("delivered"), seq: Seq });
const read = z.object({ type: z.literal("read"), seq: Seq });

const changeFrames = [send, edit, remove, react] as const;
const signalFrames = [hello, clientTyping, delivered, read] as const;

/** What asks for a lasting change; each gets exactly one `ack` or `nack`. */
const ChangeFrame = z.discriminatedUnion("type", changeFrames);
export type ChangeFrame = z.infer<typeof ChangeFrame>;

export const ClientFrame = z.discriminatedUnion("type", [...changeFrames, ...signalFrames]);
export type ClientFrame = z.infer<typeof ClientFrame>;

export const CHANGE_FRAME_TYPES: ReadonlySet<string> = typesOf(changeFrames);
export const CLIENT_FRAME_TYPES: ReadonlySet<string> = typesOf([...changeFrames, ...signalFrames]);

function typesOf(frames: readonly { shape: { type: z.ZodMiniLiteral<string> } }[]): Set<string> {
  return new Set(frames.flatMap(({ shape }) => shape.type.def.values));
}

const At = Timestamp;
/** In the log a body is empty once its message was deleted. */
const LoggedBody = z.string();

const message = z.object({
  type: z.literal("message"),
  seq: Seq,
  id: MessageId,
  sender: MemberKey,
  body: LoggedBody,
  at: At,
  sentAt: z.optional(Timestamp),
  replyTo: z.optional(Seq),
});
const edited = z.object({
  type: z.literal("edited"),
  seq: Seq,
  target: Seq,
  sender: MemberKey,
  body: LoggedBody,
  at: At,
});
const deleted = z.object({ type: z.literal("deleted"), seq: Seq, target: Seq, sender: MemberKey, at: At });
const reaction = z.object({
  type: z.literal("reaction"),
  seq: Seq,
  target: Seq,
  sender: MemberKey,
  emoji: z.nullable(z.string()),
  at: At,
});

/** A lasting change as the log holds it and every member sees it, in the order of `seq`. */
export const LoggedEvent = z.discriminatedUnion("type", [message, edited, deleted, reaction]);
export type LoggedEvent = z.infer<typeof LoggedEvent>;

export const Member = z.object({
  name: MemberKey,
  /** In conversations between accounts; not of deleted ones. */
  username: z.optional(z.string()),
  display_name: z.optional(z.string()),
  role: z.optional(z.string()),
  online: z.boolean(),
  /** Milliseconds since 1970 when the person was last connected; null when never or now. */
  lastSeen: z.nullable(Timestamp),
  readSeq: SeqOrZero,
  deliveredSeq: SeqOrZero,
});
export type Member = z.infer<typeof Member>;

export const ServerFrame = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("welcome"),
    v: z.int(),
    epoch: Epoch,
    head: SeqOrZero,
    recovered: z.boolean(),
    self: MemberKey,
    members: z.array(Member),
  }),
  // The epoch is told where it may be news: when a conversation between accounts woke up after a loss.
  z.object({ type: z.literal("live"), head: SeqOrZero, epoch: z.optional(Epoch) }),
  message,
  edited,
  deleted,
  reaction,
  z.object({ type: z.literal("ack"), id: MessageId, seq: Seq, at: At }),
  // `code` is a plain string here: an older client must survive codes it does not know.
  z.object({
    type: z.literal("nack"),
    id: MessageId,
    code: z.string(),
    message: z.string(),
    retryable: z.boolean(),
  }),
  z.object({ type: z.literal("typing"), name: MemberKey, on: z.boolean() }),
  z.object({ type: z.literal("presence"), name: MemberKey, online: z.boolean(), lastSeen: z.nullable(Timestamp) }),
  z.object({ type: z.literal("receipt"), name: MemberKey, readSeq: SeqOrZero, deliveredSeq: SeqOrZero }),
  z.object({ type: z.literal("degraded"), postgres: z.boolean(), redis: z.boolean() }),
  z.object({ type: z.literal("ended"), by: MemberKey, at: At }),
  z.object({ type: z.literal("pong"), epoch: Epoch, head: SeqOrZero }),
]);
export type ServerFrame = z.infer<typeof ServerFrame>;

/**
 * Reads one frame from the server.
 *
 * @returns the frame, or undefined for anything this version does not know, which a client ignores
 */
export function parseServerFrame(text: string): ServerFrame | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return undefined;
  }
  const parsed = ServerFrame.safeParse(json);
  return parsed.success ? parsed.data : undefined;
}

/** The one close code after which a client must not reconnect by itself; the close reason says why. */
export const FATAL_CLOSE = 4000;
export const CLOSE_REASONS = [
  /** The chat was ended. */
  "ENDED",
  /** The session is missing or has run out. */
  "UNAUTHENTICATED",
  /** Signed out elsewhere with this session. */
  "REVOKED",
  /** A frame the protocol does not allow: not JSON, binary, or anything before `hello`. */
  "PROTOCOL",
  /** A protocol version the server does not speak. */
  "VERSION",
  /** No `hello` within 10 s. */
  "HELLO_TIMEOUT",
  /** A frame over 16 KiB. */
  "FRAME_TOO_LARGE",
  /** Kept sending although told that it is too fast. */
  "TOO_FAST",
] as const;
export type CloseReason = (typeof CLOSE_REASONS)[number];

/** Bodies, queries and answers of the pair chat's HTTP API. */
import * as z from "zod/mini";
import type { ErrorCode } from "./errors.ts";
import {
  Body,
  ChatHash,
  MessageId,
  Name,
  PageLimit,
  queryNumber,
  sameName,
  Seq,
  SeqOrZero,
  Timestamp,
} from "./fields.ts";
import { TranscriptMessage } from "./transcript.ts";

const code = (name: ErrorCode) => name;

/** A field that older documents spell in a second way: takes whichever is there. */
function either<T>(value: T | undefined, alias: T | undefined, name: string, context: z.core.ParsePayload): T {
  const found = value ?? alias;
  if (found !== undefined) return found;
  context.issues.push({ code: "custom", input: found, path: [name], message: "missing" });
  return z.NEVER;
}

export const RegisterBody = z.object({ userOne: Name, userTwo: Name }).check(
  z.refine(({ userOne, userTwo }) => !sameName(userOne, userTwo), {
    error: code("NAMES_EQUAL"),
    path: ["userTwo"],
  }),
);
export type RegisterBody = z.infer<typeof RegisterBody>;

/** `hash` is any string here: one that can't be a hash gets the same answer as one that is unknown. */
export const LoginBody = z.pipe(
  z.object({ userName: z.optional(Name), user: z.optional(Name), hash: z.string() }),
  z.transform(({ userName, user, hash }, context) => ({
    userName: either(userName, user, "userName", context),
    hash,
  })),
);

/** ISO 8601 text (without an offset: UTC) or milliseconds since 1970; comes out as the latter. */
const SeedTimestamp = z.pipe(
  z.pipe(
    z.union(
      [z.iso.datetime({ local: true, offset: true, error: code("TIMESTAMP_INVALID") }), z.number()],
      code("TIMESTAMP_INVALID"),
    ),
    z.transform((time: string | number) => {
      if (typeof time === "number") return Math.trunc(time);
      return Date.parse(/[zZ]|[+-]\d\d:?\d\d$/.test(time) ? time : `${time}Z`);
    }),
  ),
  Timestamp,
);

export const MessageSendBody = z.pipe(
  z.object({
    userHash: z.string(),
    sender: z.optional(Name),
    senderName: z.optional(Name),
    reciever: z.optional(Name),
    receiver: z.optional(Name),
    message: Body,
    timestamp: z.optional(SeedTimestamp),
    id: z.optional(MessageId),
    replyTo: z.optional(Seq),
  }),
  z.transform((body, context) => ({
    userHash: body.userHash,
    sender: either(body.sender, body.senderName, "sender", context),
    receiver: either(body.reciever, body.receiver, "reciever", context),
    body: body.message,
    ...(body.timestamp !== undefined && { sentAt: body.timestamp }),
    ...(body.id !== undefined && { id: body.id }),
    ...(body.replyTo !== undefined && { replyTo: body.replyTo }),
  })),
);

export const HistoryQuery = z.object({
  before: z.optional(queryNumber(Number.MAX_SAFE_INTEGER, "CURSOR_INVALID")),
  limit: PageLimit,
});
export type HistoryQuery = z.infer<typeof HistoryQuery>;

/** `?hash=` of logout and endchat. */
export const ChatQuery = z.object({ hash: z.optional(z.string()) });

export const RegisterData = z.object({ userOne: Name, userTwo: Name, hash: ChatHash, link: z.url() });
export type RegisterData = z.infer<typeof RegisterData>;

export const ChatData = z.object({
  hash: ChatHash,
  users: z.tuple([Name, Name]),
  /** Who this browser is signed in as, or null. */
  self: z.nullable(Name),
  ended: z.boolean(),
});
export type ChatData = z.infer<typeof ChatData>;

export const LoginData = z.object({ hash: ChatHash, userName: Name, peer: Name, expiresAt: Timestamp });
export type LoginData = z.infer<typeof LoginData>;

export const MessageSendData = z.object({
  id: MessageId,
  seq: Seq,
  at: Timestamp,
  /** Whether the other person was connected when it was stored. */
  delivered: z.boolean(),
});
export type MessageSendData = z.infer<typeof MessageSendData>;

export const HistoryData = z.object({
  /** Newest first. */
  messages: z.array(TranscriptMessage),
  /** `before` of the next older page; null when there is none. */
  nextCursor: z.nullable(z.string()),
  /** Which log and up to which `seq` the page reflects: what follows comes over the socket. */
  epoch: z.string(),
  head: SeqOrZero,
});
export type HistoryData = z.infer<typeof HistoryData>;

export const HealthAnswer = z.object({
  status: z.enum(["OK", "degraded"]),
  checks: z.object({ postgres: z.boolean(), redis: z.boolean() }),
});
export type HealthAnswer = z.infer<typeof HealthAnswer>;

/** Every failed request answers with this body; `error.code` is stable, `code` repeats the HTTP status. */
export const FailureAnswer = z.object({
  status: z.literal("Failed"),
  code: z.int(),
  error: z.object({
    code: z.string(),
    message: z.string(),
    details: z.optional(z.array(z.string())),
    requestId: z.string(),
  }),
});

/** `status` is "success" for a registration and "OK" for the rest, as the first clients expect. */
export const Done = z.object({ status: z.enum(["OK", "success"]), code: z.literal(200) });

export function Answer<T extends z.core.$ZodType>(data: T) {
  return z.extend(Done, { data });
}

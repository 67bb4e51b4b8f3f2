/** The account socket: the frames of the pair chat, each saying of which conversation it is, and a few more. */
import * as z from "zod/mini";
import type { ErrorCode } from "../errors.ts";
import { Body, SeqOrZero, Uuid } from "../fields.ts";
import { Epoch, PROTOCOL_VERSION } from "../frames.ts";
import { CONVERSATION_KINDS } from "./permissions.ts";

/** The subprotocol that clients of this protocol name; their token may be the next one in the list. */
export const SUBPROTOCOL = "duet.v1";

const code = (name: ErrorCode) => name;

/** Where a client stands in one conversation. */
const Opening = z.object({
  conversation_id: Uuid,
  epoch: z.optional(Epoch),
  since: z.optional(SeqOrZero),
});
export type Opening = z.infer<typeof Opening>;

/**
 * The first frame on a socket. Each conversation in it is answered as by a `hello` of its own. As many as fit into
 * ACCOUNT_HELLO_MAX_BYTES, which is more than an account may be in; a later `hello` names further ones.
 */
export const AccountHello = z.object({
  type: z.literal("hello"),
  v: z.literal(PROTOCOL_VERSION),
  conversations: z._default(z.array(Opening), []),
});

/** In answer to the first `hello`; what each conversation answers comes after it. */
export const AccountWelcome = z.object({
  type: z.literal("welcome"),
  v: z.int(),
  /** The account's id. */
  self: Uuid,
  username: z.string(),
  conversations: z.array(z.object({ conversation_id: Uuid, kind: z.enum(CONVERSATION_KINDS) })),
});
export type AccountWelcome = z.infer<typeof AccountWelcome>;

/** Where the conversations stand of which something was pushed last: what a ping is answered with. */
export const AccountPong = z.object({
  type: z.literal("pong"),
  conversations: z.array(z.object({ conversation_id: Uuid, epoch: Epoch, head: SeqOrZero })),
});
export type AccountPong = z.infer<typeof AccountPong>;

/** What a client of the first documents sends. */
export const SeedFrame = z.object({
  conversation_id: z.string(code("CONVERSATION_UNKNOWN")).check(z.toLowerCase()),
  content: Body,
});

/** What it is sent. */
export const SeedMessage = z.object({
  id: z.string(),
  conversation_id: Uuid,
  sender_id: Uuid,
  /** Empty once the account was deleted. */
  sender_username: z.string(),
  content: z.string(),
  type: z.literal("text"),
  sent_at: z.int(),
});
export type SeedMessage = z.infer<typeof SeedMessage>;

/** What a log means: folding events into the messages a person reads. Server, SDK and Postgres must agree on it. */
import * as z from "zod/mini";
import { MemberKey, MessageId, Seq, Timestamp } from "./fields.ts";
import type { LoggedEvent } from "./frames.ts";

/** A message with all later edits, deletions and reactions applied. */
export const TranscriptMessage = z.object({
  seq: Seq,
  id: MessageId,
  sender: MemberKey,
  /** Empty once deleted. */
  body: z.string(),
  at: Timestamp,
  sentAt: z.optional(Timestamp),
  replyTo: z.optional(Seq),
  editedAt: z.optional(Timestamp),
  deletedAt: z.optional(Timestamp),
  /** One emoji at most per person, by name. */
  reactions: z.record(MemberKey, z.string()),
});
export type TranscriptMessage = z.infer<typeof TranscriptMessage>;

type Change = Exclude<LoggedEvent, { type: "message" }>;

/** The message as it is right after it was logged. */
export function toTranscriptMessage({ type: _, ...message }: LoggedEvent & { type: "message" }): TranscriptMessage {
  return { ...message, reactions: {} };
}

/**
 * Applies one later event to the message it targets; applying it again changes nothing.
 *
 * @returns a new message; the given one stays as it is
 */
export function applyChange(message: TranscriptMessage, change: Change): TranscriptMessage {
  if (message.deletedAt !== undefined) return message;
  switch (change.type) {
    case "edited":
      return { ...message, body: change.body, editedAt: change.at };
    case "deleted":
      return { ...message, body: "", deletedAt: change.at, reactions: {} };
    case "reaction": {
      const { [change.sender]: _, ...others } = message.reactions;
      return { ...message, reactions: change.emoji === null ? others : { ...others, [change.sender]: change.emoji } };
    }
    default:
      return change satisfies never;
  }
}

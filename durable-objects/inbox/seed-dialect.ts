/** What clients of the first documents are sent instead of our frames: messages, and why one was refused. */
import { type ErrorCode, ERRORS, isErrorCode } from "../../protocol/errors.ts";
import type { ServerFrame } from "../../protocol/frames.ts";
import type { SeedMessage } from "../../protocol/platform/account-frames.ts";
import type { Pushed } from "./pushed.ts";

/** @returns the texts for such a client, of those that a Conversation pushed */
export function toSeedTexts(conversationId: string, { texts, usernames }: Pushed): string[] {
  return texts.flatMap((text) => {
    // The object wrote it itself: no second check.
    const frame: ServerFrame = JSON.parse(text);
    if (frame.type === "nack") return isErrorCode(frame.code) ? [seedFailure(frame.code)] : [];
    if (frame.type !== "message") return [];
    const message: SeedMessage = {
      id: frame.id,
      conversation_id: conversationId,
      sender_id: frame.sender,
      sender_username: usernames?.[frame.sender] ?? "",
      content: frame.body,
      type: "text",
      sent_at: frame.at,
    };
    return [JSON.stringify(message)];
  });
}

/** The body that a failed request has. */
export function seedFailure(code: ErrorCode, details?: readonly string[]): string {
  const { status, message } = ERRORS[code];
  return JSON.stringify({
    status: "Failed",
    code: status,
    error: { code, message, ...(details && { details }), requestId: crypto.randomUUID() },
  });
}

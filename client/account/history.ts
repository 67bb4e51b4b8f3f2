/** Pages of a conversation's messages as the rest of the SDK knows them. */
import type { HistoryData } from "../../protocol/http.ts";
import type { Message } from "../../protocol/platform/conversations.ts";
import type { TranscriptMessage } from "../../protocol/transcript.ts";
import type { Api } from "../api.ts";
import type { Names } from "./names.ts";
import type { Rest } from "./rest.ts";

/** @param names - learn how the senders are called */
export function createHistory(rest: Pick<Rest, "conversationMessages">, names: Names): Api["history"] {
  return async function history(id, { before: cursor, limit } = {}): Promise<HistoryData> {
    const query = { ...(cursor !== undefined && { cursor }), ...(limit !== undefined && { limit }) };
    const { messages, next_cursor: nextCursor, epoch, head } = await rest.conversationMessages({ id }, query);
    for (const { sender_id, sender_username } of messages) names.meet(sender_id, sender_username);
    return { messages: messages.map(toTranscript), nextCursor, epoch, head };
  };
}

function toTranscript(message: Message): TranscriptMessage {
  const { seq, id, sender_id: sender, content: body, sent_at: at, reactions } = message;
  return {
    seq,
    id,
    sender,
    body,
    at,
    reactions,
    ...(message.reply_to !== null && { replyTo: message.reply_to }),
    ...(message.edited_at !== null && { editedAt: message.edited_at }),
    ...(message.deleted_at !== null && { deletedAt: message.deleted_at }),
  };
}

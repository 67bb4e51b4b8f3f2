/** Messages of a conversation over HTTP: the same as over the socket, one request for each. */
import * as z from "zod/mini";
import { DuetError } from "../../protocol/errors.ts";
import { Seq } from "../../protocol/fields.ts";
import type { ChangeFrame } from "../../protocol/frames.ts";
import {
  EditBody,
  MessageBody,
  type MessagesPage,
  ReactionBody,
  ReadBody,
  type Stored,
  toMessage,
  TypingBody,
} from "../../protocol/platform/conversations.ts";
import { PageQuery } from "../../protocol/platform/page.ts";
import { readBody, readQuery } from "../body.ts";
import type { AppContext } from "../context.ts";
import { conversationIdOf, inConversation } from "./account-conversations.ts";
import { readCursor, writeCursor } from "./page.ts";
import { callerOf } from "./require-account.ts";

const Cursor = z.tuple([Seq]);

export async function conversationMessages(c: AppContext) {
  const { accountId } = callerOf(c);
  const { limit, cursor } = readQuery(c, PageQuery);
  const [before] = readCursor(Cursor, cursor) ?? [];
  const page = await inConversation(c, (stub) => stub.messages(accountId, before, limit));
  const { messages, nextCursor, usernames, epoch, head } = page;
  const answer: MessagesPage = {
    messages: messages.map((message) => toMessage(conversationIdOf(c), message, usernames[message.sender])),
    next_cursor: nextCursor === null ? null : writeCursor([Number(nextCursor)]),
    epoch,
    head,
  };
  return c.json(answer);
}

async function change(c: AppContext, frame: ChangeFrame): Promise<Stored> {
  const { accountId } = callerOf(c);
  const { id, seq, at } = await inConversation(c, (stub) => stub.change(accountId, frame));
  return { id, conversation_id: conversationIdOf(c), seq, sent_at: at };
}

export async function sendMessage(c: AppContext) {
  const { content, id = crypto.randomUUID(), reply_to: replyTo } = await readBody(c, MessageBody);
  const frame = { type: "send", id, body: content, ...(replyTo !== undefined && { replyTo }) } as const;
  return c.json(await change(c, frame), 201);
}

export async function editMessage(c: AppContext) {
  const { content, id = crypto.randomUUID() } = await readBody(c, EditBody);
  return c.json(await change(c, { type: "edit", id, seq: seqOf(c), body: content }));
}

export async function deleteMessage(c: AppContext) {
  try {
    await change(c, { type: "delete", id: crypto.randomUUID(), seq: seqOf(c) });
  } catch (error) {
    // The answer to the first time may have been lost. Whose message it is has been asked before.
    if (!(error instanceof DuetError && error.code === "MESSAGE_DELETED")) throw error;
  }
  return c.body(null, 204);
}

export async function react(c: AppContext) {
  const { emoji, id = crypto.randomUUID() } = await readBody(c, ReactionBody);
  await change(c, { type: "react", id, seq: seqOf(c), emoji });
  return c.body(null, 204);
}

export async function unreact(c: AppContext) {
  await change(c, { type: "react", id: crypto.randomUUID(), seq: seqOf(c), emoji: null });
  return c.body(null, 204);
}

/** @throws DuetError `MESSAGE_UNKNOWN` for what can't be a place in a log */
function seqOf(c: AppContext): number {
  const text = c.req.param("seq") ?? "";
  if (!/^[1-9]\d{0,14}$/.test(text)) throw new DuetError("MESSAGE_UNKNOWN");
  return Number(text);
}

export async function markRead(c: AppContext) {
  const { accountId } = callerOf(c);
  const { seq } = await readBody(c, ReadBody);
  await inConversation(c, (stub) => stub.mark(accountId, { readSeq: seq }));
  return c.body(null, 204);
}

export async function typing(c: AppContext) {
  const { accountId } = callerOf(c);
  const { on } = await readBody(c, TypingBody);
  await inConversation(c, (stub) => stub.setTyping(accountId, on));
  return c.body(null, 204);
}

/** The pair chat over HTTP: each handler parses, calls one verb, answers. */
import { customAlphabet } from "nanoid";
import { upgradeRequest } from "../durable-objects/upgrade.ts";
import { DuetError } from "../protocol/errors.ts";
import { CHAT_HASH_LENGTH, ChatHash, Name, sameName } from "../protocol/fields.ts";
import {
  type ChatData,
  ChatQuery,
  type HistoryData,
  HistoryQuery,
  LoginBody,
  type LoginData,
  type MessageSendData,
  MessageSendBody,
  RegisterBody,
  type RegisterData,
} from "../protocol/http.ts";
import { reserveHash } from "../redis/reservation.ts";
import { addressOf } from "./address.ts";
import { readBody, readQuery } from "./body.ts";
import type { AppContext } from "./context.ts";
import { call, conversation } from "./conversations.ts";
import { chatsInCookies, clearSession, findSession, findSessions, requireSession, startSession } from "./session.ts";
import { limit, needingRedis, storesOf } from "./stores.ts";
import { requireUpgrade, upgraded } from "./upgrade.ts";

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/** From the runtime's CSPRNG, without modulo bias: 62^22 is 131 bits. */
const newHash = customAlphabet(ALPHABET, CHAT_HASH_LENGTH);

const OK = { status: "OK", code: 200 } as const;

function hashOf(c: AppContext): string {
  return c.req.param("hash") ?? "";
}

export async function register(c: AppContext) {
  const { userOne, userTwo } = await readBody(c, RegisterBody);
  await limit(storesOf(c.env).registrations, addressOf(c));
  const hash = await foundChat(c, [userOne, userTwo]);
  const link = new URL(`/demo/chat/user/${hash}`, c.req.url).href;
  const data: RegisterData = { userOne, userTwo, hash, link };
  return c.json({ status: "success", code: 200, data });
}

/** Two equal hashes will not happen in the life of the universe; if they do, the second asker gets another. */
async function foundChat(c: AppContext, users: readonly [string, string]): Promise<string> {
  const hash = newHash();
  const free = await needingRedis(() => reserveHash(storesOf(c.env).redis, hash));
  const founded = free && (await call(conversation(c, hash).create(hash, users)));
  return founded ? hash : foundChat(c, users);
}

export async function chat(c: AppContext) {
  const hash = hashOf(c);
  if (!ChatHash.safeParse(hash).success) throw new DuetError("CHAT_UNKNOWN");
  const session = await findSession(c, hash);
  const { users, signedIn } = await call(conversation(c, hash).describe(session));
  const [one = "", two = ""] = users;
  const data: ChatData = { hash, users: [one, two], self: signedIn && session ? session.name : null, ended: false };
  return c.json({ ...OK, data });
}

export async function login(c: AppContext) {
  const { userName, hash } = await readBody(c, LoginBody);
  const inPath = Name.safeParse(c.req.param("username"));
  if (!inPath.success || !sameName(inPath.data, userName)) throw new DuetError("NAME_MISMATCH");
  const { logins, limits } = storesOf(c.env);
  await limit(logins, addressOf(c));
  if (!ChatHash.safeParse(hash).success) throw new DuetError("LOGIN_FAILED");
  const { name, peer } = await call(conversation(c, hash).login(userName));
  const { expiresAt } = await startSession(c, hash, name, limits.SESSION_DAYS);
  const data: LoginData = { hash, userName: name, peer, expiresAt };
  return c.json({ ...OK, data });
}

export async function messageSend(c: AppContext) {
  const hash = hashOf(c);
  const session = await requireSession(c, hash);
  const { userHash, sender, receiver, id = crypto.randomUUID(), ...message } = await readBody(c, MessageSendBody);
  if (userHash !== hash) throw new DuetError("HASH_MISMATCH");
  if (!sameName(sender, session.name)) throw new DuetError("SENDER_NOT_YOU");
  const data: MessageSendData = await call(
    conversation(c, hash).send(session, receiver, { type: "send", id, ...message }),
  );
  return c.json({ ...OK, data });
}

export async function messages(c: AppContext) {
  const hash = hashOf(c);
  const session = await requireSession(c, hash);
  const { before, limit } = readQuery(c, HistoryQuery);
  const data: HistoryData = await call(conversation(c, hash).history(session, before, limit));
  return c.json({ ...OK, data });
}

export async function logout(c: AppContext) {
  const { hash } = readQuery(c, ChatQuery);
  const hashes = hash === undefined ? chatsInCookies(c) : [hash];
  // What is no hash may not even be the name of a cookie, and has no session to end.
  const chats = hashes.filter((text) => ChatHash.safeParse(text).success);
  for (const chatHash of chats) clearSession(c, chatHash);
  // One object that can't be reached must not keep the browser signed in to the other chats.
  const endings = await Promise.allSettled(chats.map((chatHash) => endSession(c, chatHash)));
  for (const ending of endings) if (ending.status === "rejected") throw ending.reason;
  return c.json(OK);
}

async function endSession(c: AppContext, hash: string): Promise<void> {
  const session = await findSession(c, hash);
  if (session) await call(conversation(c, hash).logout(session));
}

export async function endchat(c: AppContext) {
  const { hash: named } = readQuery(c, ChatQuery);
  const { hash, session } = named === undefined ? await onlySession(c) : await sessionFor(c, named);
  await call(conversation(c, hash).end(session));
  clearSession(c, hash);
  return c.json(OK);
}

async function sessionFor(c: AppContext, hash: string) {
  return { hash, session: await requireSession(c, hash) };
}

async function onlySession(c: AppContext) {
  const [first, ...others] = await findSessions(c);
  if (!first) throw new DuetError("NOT_SIGNED_IN");
  if (others.length > 0) throw new DuetError("CHAT_AMBIGUOUS");
  return first;
}

export async function socket(c: AppContext) {
  requireUpgrade(c);
  const hash = hashOf(c);
  const session = await requireSession(c, hash);
  return upgraded(conversation(c, hash).fetch(upgradeRequest(session)));
}

/** Sessions: a signed token in a cookie per chat, verified without asking anybody. */
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { nanoid } from "nanoid";
import type { Session } from "../durable-objects/connections.ts";
import { DuetError } from "../protocol/errors.ts";
import { ChatHash } from "../protocol/fields.ts";
import type { AppContext } from "./context.ts";
import { signToken, verifyToken } from "./signing.ts";

const COOKIE_PREFIX = "duet_";

/** A session and the chat it is for. */
export interface ChatSession {
  hash: string;
  session: Session;
}

function overHttps(c: AppContext): boolean {
  return new URL(c.req.url).protocol === "https:";
}

/** Over HTTPS a `__Host-` cookie: no other host of the site can set or overwrite it. */
function cookieOptions(c: AppContext) {
  const common = { path: "/", httpOnly: true, sameSite: "Strict" } as const;
  return overHttps(c) ? ({ ...common, prefix: "host", secure: true } as const) : common;
}

/**
 * Signs somebody in to a chat by setting the cookie.
 *
 * @param days - how long the session lasts
 * @returns the new session
 */
export async function startSession(c: AppContext, hash: string, name: string, days: number): Promise<Session> {
  const maxAge = Math.floor(days * 86_400);
  const expires = Math.floor(Date.now() / 1000) + maxAge;
  const id = nanoid();
  const token = await signToken(c.env, { aud: hash, sub: name, jti: id }, expires);
  setCookie(c, COOKIE_PREFIX + hash, token, { ...cookieOptions(c), maxAge });
  return { id, name, expiresAt: expires * 1000 };
}

/** Takes the cookie of a chat from the browser. */
export function clearSession(c: AppContext, hash: string): void {
  deleteCookie(c, COOKIE_PREFIX + hash, cookieOptions(c));
}

/** @returns the session that the request carries for this chat, if it is genuine and has not run out */
export async function findSession(c: AppContext, hash: string): Promise<Session | undefined> {
  const token = overHttps(c) ? getCookie(c, COOKIE_PREFIX + hash, "host") : getCookie(c, COOKIE_PREFIX + hash);
  if (token === undefined || !ChatHash.safeParse(hash).success) return undefined;
  const { sub: name, jti: id, exp } = (await verifyToken(c.env, token, hash)) ?? {};
  if (name === undefined || id === undefined || exp === undefined) return undefined;
  return { id, name, expiresAt: exp * 1000 };
}

/** @throws DuetError `NOT_SIGNED_IN` */
export async function requireSession(c: AppContext, hash: string): Promise<Session> {
  const session = await findSession(c, hash);
  if (!session) throw new DuetError("NOT_SIGNED_IN");
  return session;
}

/** Every chat this browser holds a genuine session for. */
export async function findSessions(c: AppContext): Promise<ChatSession[]> {
  const found: ChatSession[] = [];
  for (const hash of chatsInCookies(c)) {
    const session = await findSession(c, hash);
    if (session) found.push({ hash, session });
  }
  return found;
}

/** Hashes of all session cookies in the request, whether genuine or not. */
export function chatsInCookies(c: AppContext): string[] {
  const prefix = (overHttps(c) ? "__Host-" : "") + COOKIE_PREFIX;
  return Object.keys(getCookie(c)).flatMap((name) => (name.startsWith(prefix) ? [name.slice(prefix.length)] : []));
}

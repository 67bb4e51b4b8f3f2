/** The texts that stand for a session, or for a mail that arrived. */
import type { RefreshGrant } from "../../durable-objects/inbox/account-sessions.ts";
import { Uuid } from "../../protocol/platform/fields.ts";
import { signToken, verifyToken } from "../signing.ts";
import type { Caller } from "./require-account.ts";

// Neither can be the audience of a pair chat's token, which is a hash: 22 letters and digits.
const ACCOUNT = "duet-account";
const EMAIL = "duet-email";

/** Seconds in which a mail to verify an address is good. */
const EMAIL_TOKEN_SECONDS = 7 * 86_400;

function now(): number {
  return Math.floor(Date.now() / 1000);
}

/** @param seconds - how long it lasts */
export function signAccessToken(env: Env, holder: Omit<Caller, "expiresAt">, seconds: number) {
  const { accountId, sessionId, username } = holder;
  return signToken(env, { aud: ACCOUNT, sub: accountId, sid: sessionId, username }, now() + seconds);
}

/** @returns whose token it is, if it is genuine and has not run out; whether the session stands, it does not say */
export async function readAccessToken(env: Env, token: string): Promise<Caller | undefined> {
  const { sub, sid, username, exp } = (await verifyToken(env, token, ACCOUNT)) ?? {};
  if (!isUuid(sub) || !isUuid(sid) || typeof username !== "string" || exp === undefined) return undefined;
  return { accountId: sub, sessionId: sid, username, expiresAt: exp * 1_000 };
}

export function signEmailToken(env: Env, accountId: string, email: string): Promise<string> {
  return signToken(env, { aud: EMAIL, sub: accountId, email }, now() + EMAIL_TOKEN_SECONDS);
}

export async function readEmailToken(env: Env, token: string) {
  const { sub, email, exp } = (await verifyToken(env, token, EMAIL)) ?? {};
  if (!isUuid(sub) || typeof email !== "string" || exp === undefined) return undefined;
  return { accountId: sub, email };
}

export function writeRefreshToken(accountId: string, { sessionId, secret }: RefreshGrant): string {
  return `${accountId}.${sessionId}.${secret}`;
}

/** @returns its parts, or undefined for what can't be a refresh token: no object need be asked about it */
export function readRefreshToken(token: string): (RefreshGrant & { accountId: string }) | undefined {
  const [account, session, secret = "", ...more] = token.split(".");
  const [accountId, sessionId] = [Uuid.safeParse(account), Uuid.safeParse(session)];
  if (!accountId.success || !sessionId.success || !/^[\w-]{64}$/.test(secret) || more.length > 0) return undefined;
  return { accountId: accountId.data, sessionId: sessionId.data, secret };
}

function isUuid(value: unknown): value is string {
  return Uuid.safeParse(value).success;
}

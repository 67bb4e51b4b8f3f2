/** Making accounts, and coming and going. */
import { needingPostgres } from "../../durable-objects/circuit-breaker.ts";
import type { AccountRow } from "../../drizzle/accounts-schema.ts";
import { findSignInCandidates, insertAccount } from "../../drizzle/accounts.ts";
import { DuetError } from "../../protocol/errors.ts";
import {
  RefreshBody,
  type SignInAnswer,
  SignInBody,
  SignUpBody,
  type TokensAnswer,
} from "../../protocol/platform/auth.ts";
import { Email, emailKey, Username } from "../../protocol/platform/fields.ts";
import { addressOf } from "../address.ts";
import { readBody } from "../body.ts";
import type { AppContext } from "../context.ts";
import { call, reach } from "../conversations.ts";
import { limit, storesOf } from "../stores.ts";
import { deviceLabel } from "./device-label.ts";
import { mailNewAccount } from "./email-verification.ts";
import { behindAnswer } from "./notify.ts";
import { inboxOf } from "./inboxes.ts";
import { limitPasswords } from "./password-limits.ts";
import { hashPassword, isPassword } from "./passwords.ts";
import { callerOf, type Caller } from "./require-account.ts";
import { readRefreshToken, signAccessToken, writeRefreshToken } from "./tokens.ts";

export async function signUp(c: AppContext) {
  const { email, username, password, display_name: displayName = username } = await readBody(c, SignUpBody);
  const { db, limits, signUps } = storesOf(c.env);
  await limit(signUps, addressOf(c));
  const passwordHash = await hashPassword(password, limits.PASSWORD_COST);
  const created = { id: crypto.randomUUID(), email, username, displayName, passwordHash, createdAt: new Date() };
  const account = await needingPostgres(() => insertAccount(db, created));
  if (!account) throw new DuetError("USERNAME_TAKEN");
  // Not waited for: how long it takes would tell whether the address has an account.
  behindAnswer(c, () => mailNewAccount(c, account.id, email));
  return c.json(await startSession(c, account), 201);
}

/** Always two runs of scrypt, so that neither the answer nor its time tells whether there is such an account. */
export async function signIn(c: AppContext) {
  const { by, name, password } = await readBody(c, SignInBody);
  await limitPasswords(c, `${by} ${by === "email" ? emailKey(name) : name.trim().toLowerCase()}`);
  const { db, limits } = storesOf(c.env);
  // What can't be a name is looked up all the same, as one that nobody has.
  const known = (by === "email" ? Email : Username).safeParse(name).data ?? "";
  const candidates = await needingPostgres(() => findSignInCandidates(db, by, known));
  let account: AccountRow | undefined;
  for (const candidate of [candidates[0], candidates[1]]) {
    const isRight = await isPassword(password, candidate?.passwordHash, limits.PASSWORD_COST);
    if (isRight) account ??= candidate;
  }
  if (!account) throw new DuetError("CREDENTIALS_WRONG");
  return c.json(await startSession(c, account));
}

async function startSession(c: AppContext, account: AccountRow): Promise<SignInAnswer> {
  const { id, email, username, passwordVersion } = account;
  const label = deviceLabel(c.req.header("User-Agent"));
  const grant = await call(inboxOf(c, id).startSession({ username, passwordVersion, label }));
  const caller = { accountId: id, sessionId: grant.sessionId, username };
  return { user: { id, email: email ?? "", username }, tokens: await tokens(c, caller, grant.secret) };
}

export async function refreshTokens(c: AppContext) {
  const { refresh_token: refreshToken } = await readBody(c, RefreshBody);
  const parts = readRefreshToken(refreshToken);
  if (!parts) throw new DuetError("REFRESH_TOKEN_INVALID");
  const { accountId, sessionId } = parts;
  const { username, secret } = await call(inboxOf(c, accountId).refresh(sessionId, parts.secret));
  const answer: TokensAnswer = { tokens: await tokens(c, { accountId, sessionId, username }, secret) };
  return c.json(answer);
}

async function tokens(
  c: AppContext,
  caller: Omit<Caller, "expiresAt">,
  secret: string,
): Promise<TokensAnswer["tokens"]> {
  const seconds = Math.floor(storesOf(c.env).limits.ACCESS_TOKEN_MINUTES * 60);
  return {
    access_token: await signAccessToken(c.env, caller, seconds),
    refresh_token: writeRefreshToken(caller.accountId, { sessionId: caller.sessionId, secret }),
    expires_in: seconds,
  };
}

export async function signOut(c: AppContext) {
  const { accountId, sessionId } = callerOf(c);
  await reach(inboxOf(c, accountId).endSession(sessionId));
  return c.json({ status: "OK", code: 202 }, 202);
}

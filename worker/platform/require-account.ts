/** Who calls: an access token, verified with the key, and a session that the account's object still knows. */
import { createMiddleware } from "hono/factory";
import { DuetError } from "../../protocol/errors.ts";
import { bearerTokenOf } from "../bearer.ts";
import type { AppContext, AppEnv } from "../context.ts";
import { reach } from "../conversations.ts";
import { inboxOf } from "./inboxes.ts";
import { readAccessToken } from "./tokens.ts";

export interface Caller {
  accountId: string;
  sessionId: string;
  username: string;
  /** Milliseconds since 1970 when the access token runs out. */
  expiresAt: number;
}

/**
 * Asks no store, only the account's object, so that a session that was ended is ended at once.
 *
 * @param token - an access token, wherever it came from
 * @throws DuetError `UNAUTHENTICATED`
 */
async function authenticate(c: AppContext, token: string): Promise<Caller> {
  const caller = await readAccessToken(c.env, token);
  if (!caller || !(await reach(inboxOf(c, caller.accountId).hasSession(caller.sessionId)))) {
    throw new DuetError("UNAUTHENTICATED");
  }
  return caller;
}

/** Before every handler of a row that says `signedIn: "account"`. */
export const requireAccount = createMiddleware<AppEnv>(async function requireAccount(c, next) {
  c.header("WWW-Authenticate", "Bearer");
  c.set("caller", await authenticate(c, bearerTokenOf(c) ?? ""));
  c.header("WWW-Authenticate", undefined);
  await next();
});

/** @returns who calls an endpoint that needs an account */
export function callerOf(c: AppContext): Caller {
  const caller = c.get("caller");
  if (!caller) throw new Error("This endpoint's row does not say that it needs an account.");
  return caller;
}

/** One's own account: to look at, to guard, to delete. */
import { needingPostgres } from "../../durable-objects/circuit-breaker.ts";
import { eraseAccount, findAccount, replacePassword } from "../../drizzle/accounts.ts";
import { DuetError } from "../../protocol/errors.ts";
import { type Me, PasswordChangeBody } from "../../protocol/platform/auth.ts";
import { readBody } from "../body.ts";
import type { AppContext } from "../context.ts";
import { reach } from "../conversations.ts";
import { storesOf } from "../stores.ts";
import { inboxOf } from "./inboxes.ts";
import { limitPasswords } from "./password-limits.ts";
import { hashPassword, isPassword } from "./passwords.ts";
import { callerOf } from "./require-account.ts";

export async function me(c: AppContext) {
  const { id, email, username, displayName, emailVerifiedAt, discoverable, createdAt } = await requireRow(c);
  const answer: Me = {
    id,
    email: email ?? "",
    username,
    display_name: displayName,
    email_verified: emailVerifiedAt !== null,
    discoverable,
    created_at: createdAt.getTime(),
  };
  return c.json(answer);
}

export async function changePassword(c: AppContext) {
  const { accountId, sessionId } = callerOf(c);
  const { current_password: current, new_password: next } = await readBody(c, PasswordChangeBody);
  await limitPasswords(c, `id ${accountId}`);
  const { db, limits } = storesOf(c.env);
  const { passwordHash, passwordVersion } = await requireRow(c);
  if (!(await isPassword(current, passwordHash, limits.PASSWORD_COST))) throw new DuetError("PASSWORD_WRONG");
  const nextHash = await hashPassword(next, limits.PASSWORD_COST);
  const isReplaced = await needingPostgres(() => replacePassword(db, accountId, passwordVersion, nextHash));
  // Somebody else changed it in the meantime: what was checked is no longer the password.
  if (!isReplaced) throw new DuetError("PASSWORD_WRONG");
  await reach(inboxOf(c, accountId).passwordChanged(passwordVersion + 1, sessionId));
  return c.body(null, 204);
}

/** Postgres first: as long as the object has not followed, the caller can ask again. */
export async function deleteAccount(c: AppContext) {
  const { accountId } = callerOf(c);
  await needingPostgres(() => eraseAccount(storesOf(c.env).db, accountId));
  await reach(inboxOf(c, accountId).bury());
  return c.body(null, 204);
}

/** @throws DuetError `UNAUTHENTICATED` when the account is being deleted at this moment */
export async function requireRow(c: AppContext) {
  const row = await needingPostgres(() => findAccount(storesOf(c.env).db, callerOf(c).accountId));
  if (!row) throw new DuetError("UNAUTHENTICATED");
  return row;
}

/** One's own account: to look at, to guard, to delete. */
import { needingPostgres } from "../../durable-objects/circuit-breaker.ts";
import type { AccountRow } from "../../drizzle/accounts-schema.ts";
import { changeSettings as storeSettings, findAccount, replacePassword } from "../../drizzle/accounts.ts";
import { eraseAccount } from "../../drizzle/erase-account.ts";
import { DuetError } from "../../protocol/errors.ts";
import { type Me, PasswordChangeBody } from "../../protocol/platform/auth.ts";
import { SettingsBody } from "../../protocol/platform/people.ts";
import { readBody } from "../body.ts";
import type { AppContext } from "../context.ts";
import { reach } from "../conversations.ts";
import { limit, storesOf } from "../stores.ts";
import { friendshipChanged } from "./friendship-changes.ts";
import { inboxOf } from "./inboxes.ts";
import { notify } from "./notify.ts";
import { limitPasswords } from "./password-limits.ts";
import { hashPassword, isPassword } from "./passwords.ts";
import { callerOf } from "./require-account.ts";

export async function me(c: AppContext) {
  return c.json(toMe(await requireRow(c)));
}

export async function changeSettings(c: AppContext) {
  const { accountId } = callerOf(c);
  const { display_name: displayName, discoverable } = await readBody(c, SettingsBody);
  const { db, renames } = storesOf(c.env);
  if (displayName !== undefined) await limit(renames, accountId);
  const row = await needingPostgres(() => storeSettings(db, accountId, { displayName, discoverable }));
  if (!row) throw new DuetError("UNAUTHENTICATED");
  const now = displayName === undefined ? row : await showName(c, row);
  notify(c, accountId, { type: "account", display_name: now.displayName, discoverable: now.discoverable });
  return c.json(toMe(now));
}

/** Shows the account's name in its conversations. @returns the account as it is then */
async function showName(c: AppContext, row: AccountRow): Promise<AccountRow> {
  await reach(inboxOf(c, row.id).showAs(row.displayName));
  // Another change may have overtaken this one on the way.
  const now = await requireRow(c);
  return now.displayName === row.displayName ? now : showName(c, now);
}

function toMe({ id, email, username, displayName, emailVerifiedAt, discoverable, createdAt }: AccountRow): Me {
  return {
    id,
    email: email ?? "",
    username,
    display_name: displayName,
    email_verified: emailVerifiedAt !== null,
    discoverable,
    created_at: createdAt.getTime(),
  };
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
  const { accountId, username } = callerOf(c);
  const friends = await needingPostgres(() => eraseAccount(storesOf(c.env).db, accountId));
  await Promise.all(friends.map((friend) => friendshipChanged(c, { id: accountId, username }, friend, false)));
  await reach(inboxOf(c, accountId).bury());
  return c.body(null, 204);
}

/** @throws DuetError `UNAUTHENTICATED` when the account is being deleted at this moment */
export async function requireRow(c: AppContext) {
  const row = await needingPostgres(() => findAccount(storesOf(c.env).db, callerOf(c).accountId));
  if (!row) throw new DuetError("UNAUTHENTICATED");
  return row;
}

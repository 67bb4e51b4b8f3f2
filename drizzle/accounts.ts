/** What is read and written about accounts. */
import { NeonDbError } from "@neondatabase/serverless";
import { and, asc, desc, eq, inArray, isNull, sql } from "drizzle-orm";
import { emailKey } from "../protocol/platform/fields.ts";
import { type AccountRow, accounts } from "./accounts-schema.ts";
import type { Db } from "./client.ts";
import { claimInvites, lockEmail } from "./invites.ts";
import { idsOf } from "./invites-between.ts";
import { personColumns } from "./people.ts";

const UNIQUE_VIOLATION = "23505";

export interface NewAccount {
  id: string;
  email: string;
  username: string;
  displayName: string;
  passwordHash: string;
  createdAt: Date;
}

/** @returns the account, or undefined when its username is taken */
export async function insertAccount(db: Db, account: NewAccount): Promise<AccountRow | undefined> {
  const [row] = await db
    .insert(accounts)
    .values({ ...account, emailKey: emailKey(account.email) })
    .onConflictDoNothing({ target: accounts.username })
    .returning();
  return row;
}

/** @returns the account, unless it was deleted */
export async function findAccount(db: Db, id: string): Promise<AccountRow | undefined> {
  const [row] = await db
    .select()
    .from(accounts)
    .where(and(eq(accounts.id, id), isNull(accounts.deletedAt)));
  return row;
}

/** How accounts show themselves; without those that were deleted, or never were. */
export async function findProfiles(db: Db, ids: readonly string[]) {
  return db
    .select(personColumns)
    .from(accounts)
    .where(and(inArray(accounts.id, [...ids]), isNull(accounts.deletedAt)));
}

/**
 * Whom somebody may mean who logs in. One query, whoever it is.
 *
 * The oldest claims come first, so that nobody who comes later can push an account out (SECURITY.md says what is left).
 *
 * @returns by email two accounts at the most: the one that verified it, then the oldest that claim it; by username one
 */
export async function findSignInCandidates(db: Db, by: "email" | "username", name: string): Promise<AccountRow[]> {
  const isMeant =
    by === "email" ? eq(accounts.emailKey, emailKey(name)) : eq(accounts.username, name.trim().toLowerCase());
  return db
    .select()
    .from(accounts)
    .where(and(isMeant, isNull(accounts.deletedAt)))
    .orderBy(desc(sql`${accounts.emailVerifiedAt} is not null`), asc(accounts.createdAt), asc(accounts.id))
    .limit(2);
}

/** Whether an account has verified this address. */
export async function isEmailVerified(db: Db, email: string): Promise<boolean> {
  const rows = await db
    .select({ id: accounts.id })
    .from(accounts)
    .where(and(eq(accounts.emailKey, emailKey(email)), sql`${accounts.emailVerifiedAt} is not null`));
  return rows.length > 0;
}

/**
 * Notes that an account's owner reads the mails to `email`. Doing it again changes nothing.
 *
 * @returns the invites that the account has got by it; undefined when it was deleted, changed its address, or somebody
 *   else verified first
 */
export async function markEmailVerified(db: Db, id: string, email: string): Promise<string[] | undefined> {
  try {
    const [, rows, claimed] = await db.batch([
      lockEmail(db, email),
      db
        .update(accounts)
        .set({ emailVerifiedAt: sql`coalesce(${accounts.emailVerifiedAt}, now())` })
        .where(and(eq(accounts.id, id), eq(accounts.emailKey, emailKey(email))))
        .returning({ id: accounts.id }),
      claimInvites(db, id, email),
    ]);
    return rows.length > 0 ? idsOf(claimed.rows) : undefined;
  } catch (error) {
    if (causedBy(error, UNIQUE_VIOLATION)) return undefined;
    throw error;
  }
}

/**
 * Sets a new password, if the one it replaces is still the one that was checked.
 *
 * @param version - of the password that was checked
 */
export async function replacePassword(db: Db, id: string, version: number, passwordHash: string): Promise<boolean> {
  const rows = await db
    .update(accounts)
    .set({ passwordHash, passwordVersion: version + 1 })
    .where(and(eq(accounts.id, id), eq(accounts.passwordVersion, version), isNull(accounts.deletedAt)))
    .returning({ id: accounts.id });
  return rows.length > 0;
}

/**
 * Changes what somebody may choose about themselves.
 *
 * @returns the account, unless it was deleted
 */
export async function changeSettings(
  db: Db,
  id: string,
  { displayName, discoverable }: { displayName: string | undefined; discoverable: boolean | undefined },
): Promise<AccountRow | undefined> {
  const [row] = await db
    .update(accounts)
    .set({
      displayName: displayName ?? sql`${accounts.displayName}`,
      discoverable: discoverable ?? sql`${accounts.discoverable}`,
    })
    .where(and(eq(accounts.id, id), isNull(accounts.deletedAt)))
    .returning();
  return row;
}

/** Drizzle wraps what the driver throws. */
function causedBy(error: unknown, sqlstate: string): boolean {
  if (error instanceof NeonDbError) return error.code === sqlstate;
  return error instanceof Error && error.cause !== undefined && causedBy(error.cause, sqlstate);
}

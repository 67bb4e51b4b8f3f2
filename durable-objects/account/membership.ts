/** Which accounts belong to a conversation, and as what. Who left keeps a row: their messages need a name. */
import type { Role } from "../../protocol/platform/permissions.ts";

interface Row extends Record<string, SqlStorageValue> {
  account_id: string;
  username: string | null;
  display_name: string | null;
  role: string | null;
  muted: number;
  joined_at: number;
  version: number;
  archived_version: number;
}

/** How an account shows itself. */
export interface Profile {
  id: string;
  username: string;
  displayName: string;
}

/** A member as others see them. Without names once the account was deleted. */
export interface MemberEntry {
  id: string;
  username: string | null;
  displayName: string | null;
  role: Role;
  /** Milliseconds since 1970. */
  joinedAt: number;
}

/** What Postgres is to know of one account's place here. */
export interface MembershipRecord {
  accountId: string;
  /** Null once they left. */
  role: string | null;
  muted: boolean;
  joinedAt: number;
  version: number;
}

/** Where a page of members ended. */
export type MemberCursor = readonly [joinedAt: number, id: string];

export class Membership {
  readonly #sql: SqlStorage;
  readonly #rows: Map<string, Row>;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    const rows = sql.exec<Row>("select * from memberships").toArray();
    this.#rows = new Map(rows.map((row) => [row.account_id, row]));
  }

  /** Members only, longest first. */
  list(): MemberEntry[] {
    const entries = [...this.#rows.values()].flatMap((row) => toEntry(row) ?? []);
    return entries.toSorted((a, b) => a.joinedAt - b.joinedAt || (a.id < b.id ? -1 : 1));
  }

  /** @returns the one who belongs here now */
  find(id: string): MemberEntry | undefined {
    const row = this.#rows.get(id);
    return row && toEntry(row);
  }

  roleOf(id: string): Role | undefined {
    return this.find(id)?.role;
  }

  /** Whether somebody came in at `at` or later, and is gone again. */
  hasLeftSince(id: string, at: number): boolean {
    const row = this.#rows.get(id);
    return row !== undefined && row.role === null && row.joined_at >= at;
  }

  /** What `welcome` says of a member beyond what it says in a pair chat. */
  profileOf(id: string) {
    const { username, displayName, role } = this.find(id) ?? {};
    return {
      ...(username && { username }),
      ...(displayName && { display_name: displayName }),
      ...(role && { role }),
    };
  }

  /** Of whoever is or was here. */
  usernameOf(id: string): string | null {
    return this.#rows.get(id)?.username ?? null;
  }

  add({ id, username, displayName }: Profile, role: Role, joinedAt: number): void {
    const before = this.#rows.get(id);
    this.#write({
      account_id: id,
      username,
      display_name: displayName,
      role,
      muted: before?.muted ?? 0,
      joined_at: joinedAt,
      version: before?.version ?? 0,
      archived_version: before?.archived_version ?? 0,
    });
  }

  setRole(id: string, role: Role): void {
    this.#change(id, (row) => ({ ...row, role }));
  }

  isMuted(id: string): boolean {
    return this.#rows.get(id)?.muted === 1;
  }

  setMuted(id: string, muted: boolean): void {
    if (muted !== this.isMuted(id)) this.#change(id, (row) => ({ ...row, muted: muted ? 1 : 0 }));
  }

  remove(id: string): void {
    this.#change(id, (row) => ({ ...row, role: null }));
  }

  /**
   * A member shows itself by another name. Postgres has that with the account.
   *
   * @returns whether that changed anything
   */
  showAs(id: string, displayName: string): boolean {
    const row = this.#rows.get(id);
    if (!row || row.role === null || row.display_name === displayName) return false;
    this.#rows.set(id, { ...row, display_name: displayName });
    this.#sql.exec("update memberships set display_name = ? where account_id = ?", displayName, id);
    return true;
  }

  /** Erases how a deleted account showed itself. */
  erase(id: string): void {
    this.#change(id, (row) => ({ ...row, role: null, username: null, display_name: null }));
  }

  /** What Postgres lacks. */
  unarchived(limit: number): MembershipRecord[] {
    const rows = this.#sql.exec<Row>("select * from memberships where version > archived_version limit ?", limit);
    return rows.toArray().map((row) => ({
      accountId: row.account_id,
      role: row.role,
      muted: row.muted === 1,
      joinedAt: row.joined_at,
      version: row.version,
    }));
  }

  markArchived(records: readonly MembershipRecord[]): void {
    for (const { accountId, version } of records) {
      this.#sql.exec("update memberships set archived_version = ? where account_id = ?", version, accountId);
      const row = this.#rows.get(accountId);
      if (row) row.archived_version = version;
    }
  }

  #change(id: string, change: (row: Row) => Row): void {
    const row = this.#rows.get(id);
    if (row) this.#write(change(row));
  }

  #write(row: Row): void {
    const next = { ...row, version: row.version + 1 };
    this.#rows.set(row.account_id, next);
    this.#sql.exec(
      "insert or replace into memberships values (?, ?, ?, ?, ?, ?, ?, ?)",
      next.account_id,
      next.username,
      next.display_name,
      next.role,
      next.muted,
      next.joined_at,
      next.version,
      next.archived_version,
    );
  }
}

function toEntry(row: Row): MemberEntry | undefined {
  const { role } = row;
  if (role !== "owner" && role !== "admin" && role !== "member") return undefined;
  const { account_id: id, username, display_name: displayName, joined_at: joinedAt } = row;
  return { id, username, displayName, role, joinedAt };
}

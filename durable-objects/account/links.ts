/** Links to join by. A link is a secret: only its hash is kept. */
import { randomBytes } from "node:crypto";
import { DuetError } from "../../protocol/errors.ts";
import { hashOf } from "../secrets.ts";

const SECRET_BYTES = 24;

interface Row extends Record<string, SqlStorageValue> {
  id: string;
  token_hash: string;
  created_by: string;
  created_at: number;
  expires_at: number;
  max_uses: number | null;
  uses: number;
}

export interface LinkEntry {
  id: string;
  createdBy: string;
  /** Milliseconds since 1970, as all times here. */
  createdAt: number;
  expiresAt: number;
  /** Null for as many as come. */
  maxUses: number | null;
  uses: number;
}

export interface NewLink {
  createdBy: string;
  expiresAt: number;
  maxUses: number | null;
}

/** Where a page of links ended. */
export type LinkCursor = readonly [createdAt: number, id: string];

export class Links {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  count(now = Date.now()): number {
    this.#sql.exec("delete from links where expires_at <= ?", now);
    return this.#sql.exec<{ count: number }>("select count(*) as count from links").one().count;
  }

  /** @returns the link and the secret that opens it, which is not to be had again */
  create({ createdBy, expiresAt, maxUses }: NewLink, now = Date.now()): LinkEntry & { secret: string } {
    const secret = Buffer.from(randomBytes(SECRET_BYTES)).toString("base64url");
    const id = crypto.randomUUID();
    const values = [id, hashOf(secret), createdBy, now, expiresAt, maxUses];
    this.#sql.exec(
      "insert into links (id, token_hash, created_by, created_at, expires_at, max_uses) values (?, ?, ?, ?, ?, ?)",
      ...values,
    );
    return { id, createdBy, createdAt: now, expiresAt, maxUses, uses: 0, secret };
  }

  /** Those that have not run out, newest first. */
  list(limit: number, [createdAt, id]: LinkCursor = [Number.MAX_SAFE_INTEGER, ""], now = Date.now()): LinkEntry[] {
    const rows = this.#sql.exec<Row>(
      `select * from links where expires_at > ? and (created_at, id) < (?, ?)
       order by created_at desc, id desc limit ?`,
      now,
      createdAt,
      id,
      limit,
    );
    return rows.toArray().map(toEntry);
  }

  /** @returns whether there was such a link */
  revoke(id: string): boolean {
    return this.#sql.exec("delete from links where id = ?", id).rowsWritten > 0;
  }

  /** @throws DuetError `LINK_INVALID` for one that is unknown, revoked, run out or used up: all alike */
  check(secret: string, now = Date.now()): string {
    const [row] = this.#sql.exec<Row>(
      "select * from links where token_hash = ? and expires_at > ? and (max_uses is null or uses < max_uses)",
      hashOf(secret),
      now,
    );
    if (!row) throw new DuetError("LINK_INVALID");
    return row.id;
  }

  countUse(id: string): void {
    this.#sql.exec("update links set uses = uses + 1 where id = ?", id);
  }
}

function toEntry(row: Row): LinkEntry {
  return {
    id: row.id,
    createdBy: row.created_by,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    maxUses: row.max_uses,
    uses: row.uses,
  };
}

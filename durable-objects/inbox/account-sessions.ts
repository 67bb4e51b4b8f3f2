/** The sessions of one account: who may go on without the password, and until when. */
import { DuetError } from "../../protocol/errors.ts";
import { hashOf, isSameHash, newKey } from "../secrets.ts";
import { isOfFamily, newSecret, nextSecret } from "./refresh-secrets.ts";

/** Milliseconds after a rotation in which the token before still answers with the same next one. */
const PARALLEL_MS = 30_000;

interface Row extends Record<string, SqlStorageValue> {
  id: string;
  family_key: string;
  refresh_hash: string;
  previous_hash: string | null;
  rotation_salt: string | null;
  rotated_at: number | null;
  created_at: number;
  used_at: number;
  expires_at: number;
  label: string;
}

/** A session's id and the secret of its refresh token. */
export interface RefreshGrant {
  sessionId: string;
  secret: string;
}

export interface ListedSession {
  id: string;
  label: string;
  /** Milliseconds since 1970, as all times here. */
  createdAt: number;
  usedAt: number;
  expiresAt: number;
}

/** Where a page of sessions ended: `createdAt` and `id` of its last. */
export type SessionCursor = readonly [createdAt: number, id: string];

export interface AccountSessionsOptions {
  sql: SqlStorage;
  /** Milliseconds a refresh token lasts. */
  lifetimeMs: number;
  /** Sessions at the most. */
  max: number;
  /** Told of every session that has ended, however it did. */
  onEnded: (id: string) => void;
}

export class AccountSessions {
  readonly #sql: SqlStorage;
  readonly #options: AccountSessionsOptions;

  constructor(options: AccountSessionsOptions) {
    this.#sql = options.sql;
    this.#options = options;
  }

  /** Begins a session; the one used least recently makes room for it. */
  start(label: string, now = Date.now()): RefreshGrant {
    for (const { id } of this.#all("expires_at <= ?", now)) this.end(id);
    const kept = this.#all("true").toSorted((a, b) => b.used_at - a.used_at);
    for (const { id } of kept.slice(this.#options.max - 1)) this.end(id);
    const [id, familyKey] = [crypto.randomUUID(), newKey()];
    const secret = newSecret(familyKey);
    this.#sql.exec(
      `insert into sessions (id, family_key, refresh_hash, created_at, used_at, expires_at, label)
       values (?, ?, ?, ?, ?, ?, ?)`,
      id,
      familyKey,
      hashOf(secret),
      now,
      now,
      now + this.#options.lifetimeMs,
      label,
    );
    return { sessionId: id, secret };
  }

  /**
   * Exchanges a secret for the next one. The one before is good for 30 s more, and leads to the same next one: two
   * tabs may refresh at once, and an answer may get lost. Any older one ends the session: somebody has a copy.
   *
   * @throws DuetError `REFRESH_TOKEN_INVALID`
   */
  refresh(id: string, secret: string, now = Date.now()): RefreshGrant {
    const row = this.#find(id, now);
    if (!row || !isOfFamily(secret, row.family_key)) throw new DuetError("REFRESH_TOKEN_INVALID");
    const hash = hashOf(secret);
    if (isSameHash(hash, row.refresh_hash)) return { sessionId: id, secret: this.#rotate(row, secret, now) };
    const { previous_hash: previous, rotation_salt: salt, rotated_at: rotatedAt } = row;
    const isParallel = previous !== null && isSameHash(hash, previous) && now - (rotatedAt ?? 0) <= PARALLEL_MS;
    if (isParallel && salt !== null) return { sessionId: id, secret: nextSecret(secret, salt, row.family_key) };
    this.end(id);
    throw new DuetError("REFRESH_TOKEN_INVALID");
  }

  #rotate({ id, family_key: familyKey, refresh_hash: previous }: Row, secret: string, now: number): string {
    const salt = newKey();
    const next = nextSecret(secret, salt, familyKey);
    this.#sql.exec(
      `update sessions set refresh_hash = ?, previous_hash = ?, rotation_salt = ?, rotated_at = ?, used_at = ?,
       expires_at = ? where id = ?`,
      hashOf(next),
      previous,
      salt,
      now,
      now,
      now + this.#options.lifetimeMs,
      id,
    );
    return next;
  }

  stands(id: string, now = Date.now()): boolean {
    return this.#find(id, now) !== undefined;
  }

  /** Newest first. */
  list(limit: number, after: SessionCursor = [Number.MAX_SAFE_INTEGER, ""], now = Date.now()): ListedSession[] {
    return this.#sql
      .exec<Row>(
        `select * from sessions where expires_at > ? and (created_at, id) < (?, ?)
         order by created_at desc, id desc limit ?`,
        now,
        ...after,
        limit,
      )
      .toArray()
      .map((row) => ({
        id: row.id,
        label: row.label,
        createdAt: row.created_at,
        usedAt: row.used_at,
        expiresAt: row.expires_at,
      }));
  }

  /** @returns whether there was such a session */
  end(id: string): boolean {
    const ended = this.#sql.exec("delete from sessions where id = ?", id).rowsWritten > 0;
    if (ended) this.#options.onEnded(id);
    return ended;
  }

  /** @param kept - id of the one that goes on, if any */
  endAllBut(kept?: string): void {
    for (const { id } of this.#all("true")) if (id !== kept) this.end(id);
  }

  #find(id: string, now: number): Row | undefined {
    return this.#all("id = ? and expires_at > ?", id, now)[0];
  }

  #all(condition: string, ...values: SqlStorageValue[]): Row[] {
    return this.#sql.exec<Row>(`select * from sessions where ${condition}`, ...values).toArray();
  }
}

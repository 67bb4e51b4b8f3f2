/** Who belongs to the conversation, how far each has read, and which of their sessions were signed out. */
import { sameName } from "../protocol/fields.ts";

/** Highest seqs a member has read and received. */
export interface Marks {
  readSeq: number;
  deliveredSeq: number;
}

interface Row extends Record<string, SqlStorageValue> {
  name: string;
  read_seq: number;
  delivered_seq: number;
  last_seen: number | null;
  online: number;
}

export class Members {
  readonly #sql: SqlStorage;
  readonly #rows: Map<string, Row>;
  /** Names whose row on disk is behind. */
  readonly #unsaved = new Set<string>();

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    const rows = sql.exec<Row>("select * from members order by rowid").toArray();
    this.#rows = new Map(rows.map((row) => [row.name, row]));
  }

  static create(sql: SqlStorage, names: readonly string[]): void {
    for (const name of names) sql.exec("insert into members (name) values (?)", name);
  }

  /** In the order of registration. */
  get names(): string[] {
    return [...this.#rows.keys()];
  }

  get size(): number {
    return this.#rows.size;
  }

  has(name: string): boolean {
    return this.#rows.has(name);
  }

  /** @param marks - what counts as read and received from the beginning */
  add(name: string, marks: Marks): void {
    this.#sql.exec(
      "insert or replace into members (name, read_seq, delivered_seq) values (?, ?, ?)",
      name,
      marks.readSeq,
      marks.deliveredSeq,
    );
    const row = { name, read_seq: marks.readSeq, delivered_seq: marks.deliveredSeq, last_seen: null, online: 0 };
    this.#rows.set(name, row);
  }

  remove(name: string): void {
    this.#sql.exec("delete from members where name = ?", name);
    this.#rows.delete(name);
    this.#unsaved.delete(name);
  }

  others(name: string): string[] {
    return this.names.filter((other) => other !== name);
  }

  /** @returns the name as it was registered, for one that was typed in */
  find(typed: string): string | undefined {
    return this.names.find((name) => sameName(name, typed));
  }

  marks(name: string): Marks {
    const row = this.#rows.get(name);
    return { readSeq: row?.read_seq ?? 0, deliveredSeq: row?.delivered_seq ?? 0 };
  }

  lastSeen(name: string): number | null {
    return this.#rows.get(name)?.last_seen ?? null;
  }

  /**
   * Raises marks; lower ones change nothing, and what is read has been delivered.
   *
   * @returns whether anything rose
   */
  raise(name: string, marks: Partial<Marks>): boolean {
    const row = this.#rows.get(name);
    if (!row) return false;
    const readSeq = Math.max(row.read_seq, marks.readSeq ?? 0);
    const deliveredSeq = Math.max(row.delivered_seq, marks.deliveredSeq ?? 0, readSeq);
    if (readSeq === row.read_seq && deliveredSeq === row.delivered_seq) return false;
    row.read_seq = readSeq;
    row.delivered_seq = deliveredSeq;
    this.#unsaved.add(name);
    return true;
  }

  /** Notes that a person came or went; what `wasOnline` tells if nobody is left to notice their going. */
  setOnline(name: string, online: boolean): void {
    const row = this.#rows.get(name);
    if (!row) return;
    row.online = online ? 1 : 0;
    if (!online) row.last_seen = Date.now();
    this.#unsaved.add(name);
    this.save();
  }

  wasOnline(name: string): boolean {
    return this.#rows.get(name)?.online === 1;
  }

  /**
   * Writes what changed. Marks move with every message, and a row each time would double the cost of a message:
   * until then they live in the sockets' attachments, and clients tell them again when they reconnect.
   */
  save(): void {
    for (const name of this.#unsaved) {
      const row = this.#rows.get(name);
      if (!row) continue;
      this.#sql.exec(
        "update members set read_seq = ?, delivered_seq = ?, last_seen = ?, online = ? where name = ?",
        row.read_seq,
        row.delivered_seq,
        row.last_seen,
        row.online,
        name,
      );
    }
    this.#unsaved.clear();
  }

  /** @param expiresAt - milliseconds since 1970 when the session would have ended anyway */
  revoke(sessionId: string, expiresAt: number): void {
    this.#sql.exec("delete from revoked_sessions where expires_at < ?", Date.now());
    this.#sql.exec("insert or ignore into revoked_sessions values (?, ?)", sessionId, expiresAt);
  }

  isRevoked(sessionId: string): boolean {
    return this.#sql.exec("select 1 from revoked_sessions where id = ?", sessionId).toArray().length > 0;
  }
}

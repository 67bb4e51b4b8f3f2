/** The one row that says what this conversation is and how far it has come. */
interface Row extends Record<string, SqlStorageValue> {
  id: string;
  epoch: string;
  created_at: number;
  base_seq: number;
  archived_seq: number;
  archived_at: number;
  ended_at: number | null;
}

export class ConversationRecord {
  readonly #sql: SqlStorage;
  readonly #row: Row;

  private constructor(sql: SqlStorage, row: Row) {
    this.#sql = sql;
    this.#row = row;
  }

  static create(sql: SqlStorage, id: string, createdAt: number): ConversationRecord {
    sql.exec("insert into conversation (id, epoch, created_at) values (?, ?, ?)", id, crypto.randomUUID(), createdAt);
    return ConversationRecord.load(sql);
  }

  static load(sql: SqlStorage): ConversationRecord {
    const row = sql.exec<Row>("select * from conversation").one();
    // Chats that were founded before this column was.
    if (!("archived_at" in row)) sql.exec("alter table conversation add column archived_at integer not null default 0");
    return new ConversationRecord(sql, { ...row, archived_at: row.archived_at ?? 0 });
  }

  /** The chat's hash. */
  get id(): string {
    return this.#row.id;
  }

  /** Names this life of the log. */
  get epoch(): string {
    return this.#row.epoch;
  }

  /** Where this epoch's log begins: everything up to here is in Postgres only. 0 but after a loss of storage. */
  get baseSeq(): number {
    return this.#row.base_seq;
  }

  /** Milliseconds since 1970. */
  get createdAt(): number {
    return this.#row.created_at;
  }

  /** Set from the moment a chat is ended until its storage is wiped. */
  get endedAt(): number | null {
    return this.#row.ended_at;
  }

  /** Postgres has every event up to this seq; -1 while it does not even know of the chat. */
  get archivedSeq(): number {
    return this.#row.archived_seq;
  }

  /** Milliseconds since 1970 when Postgres last got something. */
  get archivedAt(): number {
    return this.#row.archived_at;
  }

  /** What is logged from now on counts from here. */
  beginArchiving(): void {
    this.#row.archived_at = Date.now();
  }

  markArchived(seq: number): void {
    this.#row.archived_seq = seq;
    this.#row.archived_at = Date.now();
    this.#sql.exec("update conversation set archived_seq = ?, archived_at = ?", seq, this.#row.archived_at);
  }

  /** Starts a new life of the log behind `seq`, which Postgres has. Every client has to load anew. */
  startEpoch(seq: number): void {
    this.#sql.exec("update conversation set epoch = ?, base_seq = ?, archived_seq = ?", crypto.randomUUID(), seq, seq);
  }

  markEnded(at: number): void {
    this.#row.ended_at = at;
    this.#sql.exec("update conversation set ended_at = ?", at);
  }
}

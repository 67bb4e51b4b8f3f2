/** Whether an account has a device connected, and when it last had. */

interface Row extends Record<string, SqlStorageValue> {
  online: number;
  last_seen: number;
}

export class AccountPresence {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** What was last noted: it may be that nobody was left to note a going. */
  get wasOnline(): boolean {
    return this.#row()?.online === 1;
  }

  /** Milliseconds since 1970 when it last came or went; null when it never did. */
  get lastSeen(): number | null {
    return this.#row()?.last_seen ?? null;
  }

  set(online: boolean): void {
    this.#sql.exec("delete from presence");
    this.#sql.exec("insert into presence values (?, ?)", online ? 1 : 0, Date.now());
  }

  /** What friends were told last. */
  get wasToldOnline(): boolean {
    return this.#sql.exec("select 1 from told_online").toArray().length > 0;
  }

  noteTold(online: boolean): void {
    this.#sql.exec(online ? "insert into told_online values (1)" : "delete from told_online");
  }

  #row(): Row | undefined {
    return this.#sql.exec<Row>("select * from presence").toArray()[0];
  }
}

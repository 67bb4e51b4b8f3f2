/** What an Inbox knows of its account, so that tokens can be refreshed without Postgres. */
interface Row extends Record<string, SqlStorageValue> {
  username: string;
  password_version: number;
}

export class AccountRecord {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  static create(sql: SqlStorage, username: string, passwordVersion: number): void {
    sql.exec("insert into account (username, password_version) values (?, ?)", username, passwordVersion);
  }

  get username(): string {
    return this.#row().username;
  }

  /** The newest version of the password that is known of. */
  get passwordVersion(): number {
    return this.#row().password_version;
  }

  setPasswordVersion(version: number): void {
    this.#sql.exec("update account set password_version = ?", version);
  }

  #row(): Row {
    return this.#sql.exec<Row>("select * from account").one();
  }
}

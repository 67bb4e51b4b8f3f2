/** What a conversation between accounts is: its kind, its name, and whether it may be written to. */
import { type ConversationKind, toKind } from "../../protocol/platform/permissions.ts";
import { hasTable } from "../schema.ts";

interface Row extends Record<string, SqlStorageValue> {
  kind: string;
  name: string | null;
  created_by: string | null;
  open: number;
  announce: number;
  version: number;
  archived_version: number;
}

export interface NewDetails {
  kind: ConversationKind;
  name: string | null;
  /** Account id; null for a direct conversation, which nobody made more than the other. */
  createdBy: string | null;
  open: boolean;
}

export class Details {
  readonly #sql: SqlStorage;
  readonly #row: Row;
  readonly kind: ConversationKind;

  private constructor(sql: SqlStorage, row: Row) {
    this.#sql = sql;
    this.#row = row;
    this.kind = toKind(row.kind);
  }

  static create(sql: SqlStorage, { kind, name, createdBy, open }: NewDetails): void {
    const values = [kind, name, createdBy, open ? 1 : 0];
    sql.exec("insert into details (kind, name, created_by, open) values (?, ?, ?, ?)", ...values);
  }

  /** @returns undefined for a pair chat */
  static load(sql: SqlStorage): Details | undefined {
    if (!hasTable(sql, "details")) return undefined;
    return new Details(sql, sql.exec<Row>("select * from details").one());
  }

  /** Null for a direct conversation. */
  get name(): string | null {
    return this.#row.name;
  }

  get createdBy(): string | null {
    return this.#row.created_by;
  }

  /** Whether messages may be written: a direct conversation is closed when the two are friends no more. */
  get isOpen(): boolean {
    return this.#row.open === 1;
  }

  /** Of what is said here, for Postgres. */
  get version(): number {
    return this.#row.version;
  }

  get isArchived(): boolean {
    return this.#row.version === this.#row.archived_version;
  }

  /** Whether those who are there have yet to be told that the log began anew. */
  get mustAnnounce(): boolean {
    return this.#row.announce === 1;
  }

  rename(name: string): void {
    this.#row.name = name;
    this.#changed();
  }

  /** @returns whether that changed anything */
  setOpen(open: boolean): boolean {
    if (open === this.isOpen) return false;
    this.#row.open = open ? 1 : 0;
    this.#changed();
    return true;
  }

  setAnnounce(announce: boolean): void {
    this.#row.announce = announce ? 1 : 0;
    this.#sql.exec("update details set announce = ?", this.#row.announce);
  }

  markArchived(version: number): void {
    this.#row.archived_version = version;
    this.#sql.exec("update details set archived_version = ?", version);
  }

  #changed(): void {
    this.#row.version += 1;
    const { name, open, version } = this.#row;
    this.#sql.exec("update details set name = ?, open = ?, version = ?", name, open, version);
  }
}

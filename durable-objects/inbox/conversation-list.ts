/** The conversations that an account belongs to, or once did, as they told its Inbox. */
import { type ConversationKind, toKind } from "../../protocol/platform/permissions.ts";

interface Row extends Record<string, SqlStorageValue> {
  id: string;
  kind: string;
  joined_at: number;
}

export interface ListedConversation {
  id: string;
  kind: ConversationKind;
  /** Milliseconds since 1970. */
  joinedAt: number;
}

export class ConversationList {
  readonly #sql: SqlStorage;
  readonly #kinds: Map<string, ConversationKind>;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    const rows = sql.exec<Row>("select * from conversations").toArray();
    this.#kinds = new Map(rows.map((row) => [row.id, toKind(row.kind)]));
  }

  get size(): number {
    return this.#kinds.size;
  }

  get ids(): string[] {
    return [...this.#kinds.keys()];
  }

  has(id: string): boolean {
    return this.#kinds.has(id);
  }

  kinds(): { conversation_id: string; kind: ConversationKind }[] {
    return [...this.#kinds].map(([id, kind]) => ({ conversation_id: id, kind }));
  }

  /** @returns whether that is news */
  add(id: string, kind: ConversationKind, joinedAt: number): boolean {
    if (this.has(id)) return false;
    this.#sql.exec("delete from left_conversations where id = ?", id);
    this.#sql.exec("insert into conversations values (?, ?, ?)", id, kind, joinedAt);
    this.#kinds.set(id, kind);
    return true;
  }

  /**
   * The account is no longer in it. What it wrote there is, with its name: should it be deleted, that has to go.
   *
   * @returns whether that is news
   */
  leave(id: string): boolean {
    this.#sql.exec("insert or ignore into left_conversations values (?)", id);
    this.#sql.exec("delete from conversations where id = ?", id);
    return this.#kinds.delete(id);
  }

  /** Those that it has left; some of them, where there are more. */
  left(limit: number): string[] {
    const rows = this.#sql.exec<{ id: string }>("select id from left_conversations limit ?", limit);
    return rows.toArray().map(({ id }) => id);
  }

  /** Nothing there says any more who the account was. */
  forget(id: string): void {
    this.#sql.exec("delete from left_conversations where id = ?", id);
    this.#sql.exec("delete from conversations where id = ?", id);
    this.#kinds.delete(id);
  }

  all(): ListedConversation[] {
    const rows = this.#sql.exec<Row>("select * from conversations").toArray();
    return rows.map((row) => ({ id: row.id, kind: toKind(row.kind), joinedAt: row.joined_at }));
  }
}

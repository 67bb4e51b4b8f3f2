/** Tells an account's conversations by which name it shows itself; those that can't be reached, from the alarm. */
import type { ConversationList } from "./conversation-list.ts";

const RETRY_MS = 5_000;

interface Options {
  sql: SqlStorage;
  accountId: string;
  conversations: Env["CONVERSATION"];
  list: ConversationList;
  wakeBy: (at: number) => void;
}

export class ShownName {
  readonly #options: Options;
  /** One at a time, so that none shows an older name in the end. */
  #running: Promise<void> = Promise.resolve();

  constructor(options: Options) {
    this.#options = options;
  }

  /** Resolves once all conversations show it that can be reached. */
  tell(displayName: string): Promise<void> {
    this.#running = this.#running.then(() => this.#tellAll(this.#options.list.ids, displayName));
    return this.#running;
  }

  /** To be called from the alarm. */
  retry(): void {
    this.#running = this.#running.then(async () => {
      const untold = this.#untold();
      const [first] = untold;
      if (!first) return;
      const ids = untold.map(({ conversation_id: id }) => id);
      await this.#tellAll(ids, first.display_name);
    });
  }

  async #tellAll(ids: readonly string[], displayName: string): Promise<void> {
    const { sql, wakeBy } = this.#options;
    sql.exec("update untold_names set display_name = ?", displayName);
    await Promise.all(ids.map((id) => this.#tellOne(id, displayName)));
    if (this.#untold().length > 0) wakeBy(Date.now() + RETRY_MS);
  }

  async #tellOne(id: string, displayName: string): Promise<void> {
    const { sql, accountId, conversations } = this.#options;
    try {
      const result = await conversations.getByName(id).showAs(accountId, displayName);
      if (result.ok) sql.exec("delete from untold_names where conversation_id = ?", id);
      else throw new Error(result.code);
    } catch {
      sql.exec("insert or replace into untold_names values (?, ?)", id, displayName);
    }
  }

  #untold() {
    const { sql } = this.#options;
    return sql.exec<{ conversation_id: string; display_name: string }>("select * from untold_names").toArray();
  }
}

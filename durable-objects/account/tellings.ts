/**
 * Tells accounts' Inboxes which conversations are theirs. What could not be told is kept, and told again from the alarm;
 * one at a time per conversation, so that no Inbox hears of a leaving before the joining.
 */
import type { ConversationKind } from "../../protocol/platform/permissions.ts";

const RETRY_MS = 5_000;

export interface TelledConversation {
  id: string;
  kind: ConversationKind;
}

export interface MembershipChange {
  accountId: string;
  change: "added" | "removed";
}

interface Row extends Record<string, SqlStorageValue> {
  account_id: string;
  change: string;
  stamp: number;
}

interface Options {
  sql: SqlStorage;
  inboxes: Env["INBOX"];
  conversation: TelledConversation;
  /** Called when an account that was added has a device connected. */
  onListening: (accountId: string) => void;
  wakeBy: (at: number) => void;
}

export class Tellings {
  readonly #options: Options;
  #running: Promise<void> = Promise.resolve();

  constructor(options: Options) {
    this.#options = options;
  }

  /** Resolves once all were told that can be reached. */
  async tell(changes: readonly MembershipChange[]): Promise<void> {
    for (const { accountId, change } of changes) {
      this.#options.sql.exec(
        `insert or replace into to_tell values (?, ?, (select coalesce(max(stamp), 0) + 1 from to_tell))`,
        accountId,
        change,
      );
    }
    await this.retry();
  }

  /** Whether somebody has yet to be told. */
  get isPending(): boolean {
    return this.#rows().length > 0;
  }

  /** To be called from the alarm. */
  retry(): Promise<void> {
    this.#running = this.#running.then(() => this.#tellAll());
    return this.#running;
  }

  async #tellAll(): Promise<void> {
    const rows = this.#rows();
    if (rows.length === 0) return;
    // Should we die meanwhile, the alarm goes on with it.
    this.#options.wakeBy(Date.now() + RETRY_MS);
    await Promise.all(rows.map((row) => this.#tellOne(row)));
  }

  async #tellOne({ account_id: accountId, change, stamp }: Row): Promise<void> {
    const { sql, inboxes, conversation, onListening } = this.#options;
    const isAdded = change === "added";
    try {
      const isListening = await inboxes.getByName(accountId).conversationChanged(conversation, isAdded);
      sql.exec("delete from to_tell where account_id = ? and stamp = ?", accountId, stamp);
      if (isListening && isAdded) onListening(accountId);
    } catch {
      // The row stays.
    }
  }

  #rows(): Row[] {
    return this.#options.sql.exec<Row>("select * from to_tell order by stamp").toArray();
  }
}

/** The outbox's work for Redis: a record per person of who is there and how much waits for them. */
import type { Redis } from "../redis/client.ts";
import { deleteSessionRecords, type SessionRecord, writeSessionRecords } from "../redis/session-records.ts";
import type { Present } from "./audience.ts";
import { breakers } from "./circuit-breaker.ts";
import type { Connections } from "./connections.ts";
import type { EventLog } from "./event-log.ts";
import type { Members } from "./members.ts";

interface Options {
  redis: Redis;
  chatId: string;
  /** Milliseconds since 1970: stands for the last seen of who was never there. */
  createdAt: number;
  log: EventLog;
  members: Members;
  connections: Connections;
  ttlSeconds: number;
}

export class SessionMirror {
  readonly #options: Options;
  /** Names whose record is behind. */
  readonly #stale = new Set<string>();

  constructor(options: Options) {
    this.#options = options;
  }

  /** Marks a person's record as behind: they came, went, or signed in. */
  touch(name: string): void {
    this.#stale.add(name);
  }

  /** Nothing is known of what was behind. */
  touchAll(): void {
    for (const name of this.#options.members.names) this.#stale.add(name);
  }

  /**
   * Something waits for everyone who is away. While all are there, a message costs no command at all.
   *
   * @returns whether anyone is away
   */
  touchAbsent(present: Present): boolean {
    const absent = this.#options.members.names.filter((name) => !present.has(name));
    for (const name of absent) this.#stale.add(name);
    return absent.length > 0;
  }

  /** @throws when Redis does not take the records; they stay marked */
  async write(): Promise<void> {
    if (this.#stale.size === 0) return;
    const names = [...this.#stale];
    this.#stale.clear();
    try {
      const records = names.map((name) => this.#record(name));
      const { redis, ttlSeconds } = this.#options;
      await breakers.redis.run(() => writeSessionRecords(redis, records, ttlSeconds));
    } catch (error) {
      for (const name of names) this.#stale.add(name);
      throw error;
    }
  }

  /** The chat is over: nobody has a record any more. */
  async clear(): Promise<void> {
    const { redis, chatId, members } = this.#options;
    await breakers.redis.run(() => deleteSessionRecords(redis, chatId, members.names));
  }

  #record(name: string): SessionRecord {
    const { chatId, createdAt, log, members, connections } = this.#options;
    const online = connections.isOnline(name);
    const lastSeen = online ? Date.now() : (members.lastSeen(name) ?? createdAt);
    return {
      chat_id: chatId,
      sender: name,
      reciver: members.others(name).join(","),
      last_seen: new Date(lastSeen).toISOString(),
      ws_connected: online ? 1 : 0,
      notify: online ? 0 : log.countWaiting(name, members.marks(name).deliveredSeq),
    };
  }
}

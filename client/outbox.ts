/** My unsent changes to one conversation: what the view shows on top of the log, and what still has to be sent. */
import { DuetError, unwrap } from "../protocol/errors.ts";
import { type ChangeFrame, ClientFrame } from "../protocol/frames.ts";
import type { Log } from "./log.ts";
import type { OutboxItem, OutboxStore } from "./outbox-store.ts";

/** One change. Immutable: a new object replaces it when its state changes. */
export interface Pending {
  readonly item: OutboxItem;
  /** `stored` by the server, but its event has not come yet. */
  readonly state: "waiting" | "stored" | "failed";
  /** Of the event, once stored. */
  readonly seq?: number;
  readonly at?: number;
  readonly error?: { code: string; message: string };
}

export class Outbox {
  readonly #hash: string;
  readonly #store: OutboxStore;
  #pending: readonly Pending[] = [];
  /** Latest write of each item to the store; resolves to whether it worked. */
  readonly #writes = new Map<string, Promise<boolean>>();
  #lastQueuedAt = 0;
  /** Resolves when what is queued here is known to stand behind what earlier visits left. */
  #inOrder: Promise<void> | undefined;

  constructor(hash: string, store: OutboxStore) {
    this.#hash = hash;
    this.#store = store;
  }

  /** In the order in which they are sent. */
  get pending(): readonly Pending[] {
    return this.#pending;
  }

  /** The next one to send. */
  get next(): Pending | undefined {
    return this.#pending.find(({ state }) => state === "waiting");
  }

  isWaiting(id: string): boolean {
    return this.#pending.some(({ item, state }) => item.frame.id === id && state === "waiting");
  }

  /** Lowest `seq` after which the log may hold a message that I don't know to be stored; undefined: none. */
  get inDoubtAfter(): number | undefined {
    const doubts = this.#pending.flatMap(({ item, state }) =>
      state === "waiting" && item.frame.type === "send" && item.after !== undefined ? [item.after] : [],
    );
    return doubts.length > 0 ? Math.min(...doubts) : undefined;
  }

  /**
   * Queues a change, or lets it fail at once when the protocol does not allow it.
   *
   * @param after - the log's head, when the item goes on the wire right away
   */
  add(frame: ChangeFrame, sender: string | undefined, after: number | undefined): void {
    const item = { frame, sender, after, queuedAt: this.#nextQueuedAt() };
    const error = whyInvalid(frame);
    // What was refused about this message is overtaken.
    if (frame.type !== "send") this.discard(frame.id, frame.seq);
    this.#pending = [...this.#pending, error ? { item, state: "failed", error } : { item, state: "waiting" }];
    if (!error) this.#write(item);
    this.#inOrder ??= this.#goBehindEarlier();
  }

  /**
   * Takes over what the store has: items of an earlier visit and of other tabs. What another tab has sent meanwhile
   * is gone from the store, and goes here too.
   */
  async load(self: string): Promise<void> {
    await (this.#inOrder ??= this.#goBehindEarlier());
    const written = new Set<string>();
    for (const [id, write] of this.#writes) if (await write) written.add(id);
    const stored = await this.#store.list(this.#hash).catch(() => undefined);
    if (!stored) return;
    const isMine = ({ sender }: OutboxItem) => sender === undefined || sender === self;
    const listed = new Map(stored.filter(isMine).map((item) => [item.frame.id, item]));
    const kept = this.#pending.flatMap((pending): Pending[] => {
      const { id } = pending.item.frame;
      const found = listed.get(id);
      listed.delete(id);
      if (!isMine(pending.item)) return [];
      if (pending.state !== "waiting" || !written.has(id)) return [pending];
      return found ? [{ ...pending, item: found }] : [];
    });
    const added = Array.from(listed.values(), (item): Pending => ({ item, state: "waiting" }));
    for (const { item } of added) {
      this.#writes.set(item.frame.id, Promise.resolve(true));
      this.#lastQueuedAt = Math.max(this.#lastQueuedAt, item.queuedAt);
    }
    this.#pending = [...kept, ...added].sort((a, b) => a.item.queuedAt - b.item.queuedAt);
  }

  /** What earlier visits left was written before, though the clock may have been ahead then. Never throws. */
  async #goBehindEarlier(): Promise<void> {
    const stored = await this.#store.list(this.#hash).catch(() => []);
    const mine = new Set(this.#pending.map(({ item }) => item.frame.id));
    const earlier = stored.filter(({ frame }) => !mine.has(frame.id));
    const newest = Math.max(0, ...earlier.map(({ queuedAt }) => queuedAt));
    this.#lastQueuedAt = Math.max(this.#lastQueuedAt, newest);
    if (this.#pending.some(({ item }) => item.queuedAt <= newest)) {
      this.#pending = this.#pending.map((pending) => this.#queueAgain(pending));
    }
  }

  #queueAgain(pending: Pending): Pending {
    const item = { ...pending.item, queuedAt: this.#nextQueuedAt() };
    if (pending.state === "waiting") this.#write(item);
    return { ...pending, item };
  }

  /** Resolves when the store has what must be known after a crash; then the item may go on the wire. */
  async prepare({ item }: Pending, sender: string, head: number): Promise<void> {
    if (item.after === undefined) {
      const ready = { ...item, sender, after: head };
      this.#replace(item.frame.id, (pending) => ({ ...pending, item: ready }));
      this.#write(ready);
    }
    await this.#writes.get(item.frame.id);
  }

  /** The server has stored it. It stays until the log shows it. */
  stored(id: string, seq: number, at: number): void {
    this.#replace(id, ({ item }) => ({ item, state: "stored", seq, at }));
    this.#forget(id);
  }

  /** Drops what the log shows, whoever sent it: this tab, another, or this one before a crash. */
  settle(log: Log, self: string): void {
    if (this.#pending.length === 0) return;
    const mine = new Set(log.messages.flatMap(({ id, sender }) => (sender === self ? [id] : [])));
    for (const { item, seq = Infinity } of this.#pending) {
      if (seq <= log.head || mine.has(item.frame.id)) this.drop(item.frame.id);
    }
  }

  /** The server won't take it. */
  refused(id: string, error: { code: string; message: string }): void {
    this.#replace(id, ({ item }) => ({ item, state: "failed", error }));
    this.#forget(id);
  }

  /** Queues a failed change again, as the newest; see `add`. */
  retry(id: string, after: number | undefined): void {
    const failed = this.#pending.find(({ item, state }) => item.frame.id === id && state === "failed");
    if (!failed) return;
    this.drop(id);
    this.add(failed.item.frame, failed.item.sender, after);
  }

  /**
   * Drops failed changes.
   *
   * @param id - of a message of mine that failed, or of the change
   * @param target - `seq` of a message whose refused changes are to be forgotten
   */
  discard(id: string, target: number | undefined): void {
    for (const { item, state } of this.#pending) {
      const { frame } = item;
      if (state === "failed" && (frame.id === id || isAbout(frame, target))) this.drop(frame.id);
    }
  }

  drop(id: string): void {
    this.#pending = this.#pending.filter(({ item }) => item.frame.id !== id);
    this.#forget(id);
  }

  /** Drops everything, here and in the store. */
  clear(): void {
    this.#pending = [];
    this.#writes.clear();
    void this.#store.clear(this.#hash).catch(() => undefined);
  }

  #replace(id: string, change: (pending: Pending) => Pending): void {
    this.#pending = this.#pending.map((pending) => (pending.item.frame.id === id ? change(pending) : pending));
  }

  /** A store that fails (full, or forbidden in private mode) must not stop a message: only a reload would lose it. */
  #write(item: OutboxItem): void {
    const write = this.#store.put(this.#hash, item).then(
      () => true,
      () => false,
    );
    this.#writes.set(item.frame.id, write);
  }

  #forget(id: string): void {
    this.#writes.delete(id);
    void this.#store.remove(this.#hash, id).catch(() => undefined);
  }

  /** Rises even when two changes share a millisecond, or the clock goes back. */
  #nextQueuedAt(): number {
    this.#lastQueuedAt = Math.max(Date.now(), this.#lastQueuedAt + 1);
    return this.#lastQueuedAt;
  }
}

/** Checked here as well as by the server, which cuts off who sends frames that are too large. */
function whyInvalid(frame: ChangeFrame): Pending["error"] {
  try {
    unwrap(ClientFrame.safeParse(frame));
    return undefined;
  } catch (error) {
    if (!(error instanceof DuetError)) throw error;
    return { code: error.code, message: error.message };
  }
}

/** Whether it edits, deletes or reacts to the message with this `seq`. */
function isAbout(frame: ChangeFrame, seq: number | undefined): boolean {
  return frame.type !== "send" && frame.seq === seq;
}

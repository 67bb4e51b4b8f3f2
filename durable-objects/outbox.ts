/**
 * Carries to Postgres and Redis what the log has and they have not, from the object's alarm.
 *
 * Nothing on the message path waits for it. Each store has a lane of its own: a failure is tried again after a
 * growing pause, for as long as it takes, and holds up nothing of the other. Only while there is work, or
 * somebody asked to be woken, is there an alarm. Outages are remembered in storage, because the object may sleep before they end.
 */
import type { ServerFrame } from "../protocol/frames.ts";
import { keysOf } from "../protocol/keys-of.ts";
import { Wake } from "./wake.ts";

export type Degraded = Omit<ServerFrame & { type: "degraded" }, "type">;
type Store = keyof Degraded;

interface Lane {
  /** In a row; more than none is an outage. */
  failures: number;
  /** Milliseconds since 1970 when the next run is due; Infinity without work. */
  dueAt: number;
}

interface Options {
  storage: DurableObjectStorage;
  /** Milliseconds that work may wait where its caller does not say: so that more of it goes in one batch. */
  delayMs: number;
  /** Writes what is outstanding, and throws when the store does not take it; told how often in a row that happened. */
  tasks: Record<Store, (failures: number) => Promise<void>>;
  /** Called when an outage starts or ends. */
  onDegraded: (state: Degraded) => void;
  /** Called after every run, however it went. */
  onRun: () => void;
}

const BACKOFF_FIRST_MS = 1_000;
const BACKOFF_MAX_MS = 30_000;
/** What is due this soon after goes along: one alarm for both stores. */
const SLACK_MS = 1_000;

export class Outbox {
  readonly #options: Options;
  readonly #lanes: Record<Store, Lane> = {
    postgres: { failures: 0, dueAt: Infinity },
    redis: { failures: 0, dueAt: Infinity },
  };
  /** Milliseconds since 1970; Infinity when nobody asked. */
  #wakeAt = Infinity;
  readonly #wake: Wake;
  #running: Promise<unknown> | undefined;

  constructor(options: Options) {
    this.#options = options;
    this.#wake = new Wake(options.storage);
    const { sql } = options.storage;
    for (const { store, failures } of sql.exec<{ store: string; failures: number }>("select * from outages")) {
      for (const name of keysOf(this.#lanes)) if (name === store) this.#lanes[name].failures = failures;
    }
  }

  get degraded(): Degraded {
    return { postgres: this.#lanes.postgres.failures > 0, redis: this.#lanes.redis.failures > 0 };
  }

  /**
   * Makes sure that a store's work runs; during an outage of it, no sooner than the pause allows.
   *
   * @param delayMs - that it may wait at the most
   */
  schedule(store: Store, delayMs = this.#options.delayMs): void {
    const lane = this.#lanes[store];
    const isOut = lane.failures > 0;
    if (lane.dueAt === Infinity || !isOut) {
      const pause = isOut ? pauseAfter(lane.failures) : 0;
      lane.dueAt = Math.min(lane.dueAt, Date.now() + Math.max(delayMs, pause));
    }
    void this.#setAlarm();
  }

  /** Makes sure that the alarm goes off no later than at `at` (milliseconds since 1970), whether or not there is work. */
  wakeBy(at: number): void {
    this.#wakeAt = Math.min(this.#wakeAt, at);
    void this.#setAlarm();
  }

  /** For the alarm: runs what it was set for, and all that waits for no pause: it is paid for. See `flush`. */
  async alarmFired(): Promise<void> {
    const until = Math.max(Date.now(), this.#wake.wentOff()) + SLACK_MS;
    if (this.#wakeAt <= until) this.#wakeAt = Infinity;
    await this.#flush(({ dueAt, failures }) => dueAt <= until || (failures === 0 && dueAt < Infinity));
  }

  /** Runs everything now. See `#flush`. */
  flush(): Promise<void> {
    return this.#flush(() => true);
  }

  /** Never throws. A call while another runs waits for that, then runs itself. */
  async #flush(isWanted: (lane: Lane) => boolean): Promise<void> {
    while (this.#running) await this.#running;
    const stores = keysOf(this.#lanes).filter((store) => isWanted(this.#lanes[store]));
    this.#running = Promise.all(stores.map((store) => this.#run(store))).finally(() => {
      this.#running = undefined;
    });
    await this.#running;
    this.#options.onRun();
    await this.#setAlarm();
  }

  async #run(store: Store): Promise<void> {
    const lane = this.#lanes[store];
    lane.dueAt = Infinity;
    try {
      await this.#options.tasks[store](lane.failures);
      this.#note(store, 0);
    } catch (error) {
      // The kind of failure, never its message: those of drizzle and Upstash contain what was to be written.
      const entry = { outage: store, error: error instanceof Error ? error.name : typeof error };
      // oxlint-disable-next-line no-console -- a Worker's log is its console
      if (lane.failures === 0) console.error(JSON.stringify(entry));
      this.#note(store, lane.failures + 1);
      lane.dueAt = Date.now() + pauseAfter(lane.failures);
    }
  }

  #note(store: Store, failures: number): void {
    const lane = this.#lanes[store];
    if (failures === lane.failures) return;
    const changed = failures === 0 || lane.failures === 0;
    lane.failures = failures;
    const { sql } = this.#options.storage;
    if (failures === 0) sql.exec("delete from outages where store = ?", store);
    else sql.exec("insert or replace into outages values (?, ?)", store, failures);
    if (changed) this.#options.onDegraded(this.degraded);
  }

  #setAlarm(): Promise<void> {
    return this.#wake.by(Math.min(this.#lanes.postgres.dueAt, this.#lanes.redis.dueAt, this.#wakeAt));
  }
}

/** Equal jitter: at least half of the pause, so that many objects neither hammer a store nor come back as one. */
function pauseAfter(failures: number): number {
  const pause = Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** (failures - 1));
  return pause / 2 + Math.random() * (pause / 2);
}

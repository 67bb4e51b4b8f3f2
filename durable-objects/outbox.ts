/**
 * Carries to Postgres and Redis what the log has and they have not, from the object's alarm.
 *
 * Nothing on the message path waits for it. There is an alarm only while there is work; a failure is tried again
 * after a growing pause, for as long as it takes.
 */
import type { ServerFrame } from "../protocol/frames.ts";

export type Degraded = Omit<ServerFrame & { type: "degraded" }, "type">;

/** One store's work: writes what is outstanding, and throws when the store does not take it. */
type Task = () => Promise<void>;

interface Options {
  storage: DurableObjectStorage;
  tasks: Record<keyof Degraded, Task>;
  /** Milliseconds that work may wait, so that more of it goes in one batch. */
  delayMs: number;
  /** Called when an outage starts or ends. */
  onDegraded: (state: Degraded) => void;
}

const BACKOFF_FIRST_MS = 1_000;
const BACKOFF_MAX_MS = 30_000;

export class Outbox {
  readonly #options: Options;
  #scheduled = false;
  #failures = 0;
  #running: Promise<void> | undefined;
  degraded: Degraded = { postgres: false, redis: false };

  constructor(options: Options) {
    this.#options = options;
  }

  /** Makes sure that `flush` runs soon. */
  schedule(delayMs = this.#options.delayMs): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    void this.#options.storage.setAlarm(Date.now() + delayMs);
  }

  /** Runs what is outstanding; never throws. A second call while one runs waits for it, then looks again. */
  async flush(): Promise<void> {
    while (this.#running) await this.#running;
    this.#running = this.#flush().finally(() => {
      this.#running = undefined;
    });
    await this.#running;
  }

  async #flush(): Promise<void> {
    this.#scheduled = false;
    const { postgres, redis } = this.#options.tasks;
    const [toPostgres, toRedis] = await Promise.allSettled([postgres(), redis()]);
    this.#report({ postgres: toPostgres.status === "rejected", redis: toRedis.status === "rejected" });
    const failed = this.degraded.postgres || this.degraded.redis;
    this.#failures = failed ? this.#failures + 1 : 0;
    if (failed) this.schedule(backoff(this.#failures));
  }

  #report(state: Degraded): void {
    const { postgres, redis } = this.degraded;
    this.degraded = state;
    if (state.postgres !== postgres || state.redis !== redis) this.#options.onDegraded(state);
  }
}

/** Equal jitter: at least half of the pause, so that many objects neither hammer a store nor come back as one. */
function backoff(failures: number): number {
  const pause = Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** (failures - 1));
  return pause / 2 + Math.random() * (pause / 2);
}

/** Stops asking a store that does not answer, for everybody in this isolate: requests fail at once, not in seconds. */
import { DuetError } from "../protocol/errors.ts";

const FAILURES_TO_OPEN = 5;
const PAUSE_MS = 3_000;

/**
 * Our own, because libraries let waiting callers share the promise of one probe, and in Workers a promise of another
 * request may never settle.
 */
export class CircuitBreaker {
  #failures = 0;
  #pausedUntil = 0;

  /**
   * Runs `work`, unless the store failed five times in a row and fewer than 3 s ago. After that, one call at a time
   * finds out whether it is back.
   *
   * @throws DuetError `UNAVAILABLE` while it pauses; else what `work` throws
   */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#failures >= FAILURES_TO_OPEN) {
      if (Date.now() < this.#pausedUntil) throw new DuetError("UNAVAILABLE");
      this.#pausedUntil = Date.now() + PAUSE_MS;
    }
    try {
      const result = await work();
      this.#failures = 0;
      return result;
    } catch (error) {
      this.#failures += 1;
      this.#pausedUntil = Date.now() + PAUSE_MS;
      throw error;
    }
  }
}

/** One for each store, shared by all objects and requests of the isolate. */
export const breakers = { postgres: new CircuitBreaker(), redis: new CircuitBreaker() };

/**
 * Asks Postgres for what a request needs.
 *
 * @throws DuetError `UNAVAILABLE` when it does not answer
 */
export async function needingPostgres<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await breakers.postgres.run(work);
  } catch {
    throw new DuetError("UNAVAILABLE");
  }
}

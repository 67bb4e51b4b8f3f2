/** Calls that end in an answer. */
import { setTimeout as sleep } from "node:timers/promises";
import { ApiError } from "../../client/index.ts";

const RETRY_MS = 100;
const PASSING = new Set(["UNREACHABLE", "UNAVAILABLE", "TOO_FAST"]);

/**
 * Makes a call until there is an answer: the Worker may just have been killed, or be busier than its time limits allow.
 *
 * @param done - codes of errors that mean, on a repetition, that it was done before and the answer got lost
 * @throws ApiError anything else
 */
export async function definitely<T>(call: () => Promise<T>): Promise<T>;
export async function definitely<T>(call: () => Promise<T>, ...done: string[]): Promise<T | undefined>;
export async function definitely<T>(call: () => Promise<T>, ...done: string[]): Promise<T | undefined> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (attempt > 0 && done.includes(error.code)) return undefined;
      if (!PASSING.has(error.code)) throw error;
      await sleep(RETRY_MS);
    }
  }
}

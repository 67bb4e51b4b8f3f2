/** Calls to Conversation objects. */
import { fromResult, type Result } from "../durable-objects/result.ts";
import { DuetError } from "../protocol/errors.ts";
import type { AppContext } from "./context.ts";

/** A stub is cheap, and one that threw must not be used again: each request takes its own. */
export function conversation(c: AppContext, hash: string) {
  return c.env.CONVERSATION.getByName(hash);
}

/**
 * Waits for a verb of an object.
 *
 * @returns its value
 * @throws DuetError what the verb refused with, or `UNAVAILABLE` when the object could not be reached
 */
export async function call<T>(verb: Promise<Result<T>>): Promise<T> {
  let result: Result<T>;
  try {
    result = await verb;
  } catch (error) {
    // The runtime marks failures that are its own, such as an object that moves or is overloaded.
    const passing = error instanceof Error && ("retryable" in error || "overloaded" in error || "remote" in error);
    if (passing) throw new DuetError("UNAVAILABLE", { retryAfter: 1 });
    throw error;
  }
  return fromResult(result);
}

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
  return fromResult(await reach(verb));
}

/** @throws DuetError `UNAVAILABLE` for what the runtime marks as passing: an object that moves or is overloaded */
export async function reach<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (isMarked(error, "retryable") || isMarked(error, "overloaded")) throw new DuetError("UNAVAILABLE");
    throw error;
  }
}

function isMarked(error: unknown, mark: "retryable" | "overloaded"): boolean {
  return error instanceof Error && Object.entries(error).some(([name, value]) => name === mark && value === true);
}

/** How a verb of an object answers over RPC, where only the message of a thrown error would arrive. */
import { DuetError, type ErrorCode } from "../protocol/errors.ts";

export type Result<T> = { ok: true; value: T } | { ok: false; code: ErrorCode };

/** Runs a verb and turns its coded errors into answers. Anything else is a bug, and thrown on. */
export async function toResult<T>(verb: () => T | Promise<T>): Promise<Result<T>> {
  try {
    return { ok: true, value: await verb() };
  } catch (error) {
    if (error instanceof DuetError) return { ok: false, code: error.code };
    throw error;
  }
}

/**
 * @returns the value of an answered verb
 * @throws DuetError when it was refused
 */
export function fromResult<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new DuetError(result.code);
}

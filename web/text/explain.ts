/** Turns whatever a request rejected with into words for a person. */
import { ApiError } from "../../client/index.ts";
import { DuetError } from "../../protocol/errors.ts";
import { t } from "../strings/index.ts";

export interface Explanation {
  /** A stable code of protocol/errors.ts, `UNREACHABLE`, or `INTERNAL` for what nobody foresaw. */
  code: string;
  text: string;
  /** Seconds to wait, where the server said so. */
  retryAfter: number | undefined;
}

export function explain(error: unknown): Explanation {
  if (error instanceof ApiError || error instanceof DuetError) {
    return { code: error.code, text: explainCode(error.code, error.message), retryAfter: error.retryAfter };
  }
  return { code: "INTERNAL", text: t.somethingBroke, retryAfter: undefined };
}

/** Our own words for a code, or the server's where we have none. */
export function explainCode(code: string, otherwise: string): string {
  return Object.entries(t.errors).find(([known]) => known === code)?.[1] ?? otherwise;
}

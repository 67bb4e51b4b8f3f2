/** The one place where a failure becomes an answer. */
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { DuetError, ERRORS } from "../protocol/errors.ts";
import type { AppContext } from "./context.ts";
import { logUnexpected } from "./request-log.ts";

/** Turns a coded error into its status and body, and anything else into a 500 that says nothing. */
export function answerError(error: Error, c: AppContext): Response {
  if (!(error instanceof DuetError)) logUnexpected(error, c);
  const { code, message, details, retryAfter } = error instanceof DuetError ? error : new DuetError("INTERNAL");
  c.set("errorCode", code);
  if (retryAfter !== undefined) c.header("Retry-After", String(retryAfter));
  const status: ContentfulStatusCode = ERRORS[code].status;
  return c.json(
    {
      status: "Failed",
      code: status,
      error: { code, message, ...(details && { details }), requestId: c.get("requestId") },
    },
    status,
  );
}

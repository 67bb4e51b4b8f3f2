/** Reads what a request carries, and refuses whatever does not fit its schema. */
import type * as z from "zod/mini";
import { DuetError, unwrap } from "../protocol/errors.ts";
import type { AppContext } from "./context.ts";

/**
 * @throws DuetError `UNSUPPORTED_MEDIA_TYPE`, `BAD_JSON`, or the code of the first field that is wrong
 */
export async function readBody<T extends z.ZodMiniType>(c: AppContext, schema: T): Promise<z.output<T>> {
  // A form or text/plain needs no preflight, so another site could send it: only JSON is read.
  const [type = ""] = (c.req.header("Content-Type") ?? "").split(";");
  if (type.trim().toLowerCase() !== "application/json") throw new DuetError("UNSUPPORTED_MEDIA_TYPE");
  const text = await c.req.text();
  return unwrap(schema.safeParse(parseJson(text)));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new DuetError("BAD_JSON");
  }
}

/** @throws DuetError with the code of the parameter that is wrong */
export function readQuery<T extends z.ZodMiniType>(c: AppContext, schema: T): z.output<T> {
  return unwrap(schema.safeParse(c.req.query()));
}

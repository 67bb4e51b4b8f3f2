import type { AppContext } from "./context.ts";

/** The client's address as the edge saw it: what the client says of itself counts for nothing. */
export function addressOf(c: AppContext): string {
  return c.req.header("CF-Connecting-IP") ?? "unknown";
}

import type { AppContext } from "./context.ts";

/** @returns the token in `Authorization: Bearer`, if there is one */
export function bearerTokenOf(c: AppContext): string | undefined {
  return /^Bearer +(\S+) *$/i.exec(c.req.header("Authorization") ?? "")?.[1];
}

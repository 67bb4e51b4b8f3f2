/** Turns a table of endpoints into routes. */
import type { Hono } from "hono";
import { type Endpoint, METHODS, pathsOf } from "../protocol/endpoint.ts";
import { DuetError } from "../protocol/errors.ts";
import { keysOf } from "../protocol/keys-of.ts";
import type { AppEnv, AppHandler } from "./context.ts";
import { requireOwnSite } from "./origins.ts";
import { requireAccount } from "./platform/require-account.ts";

/**
 * Registers every row: what it needs first, then its handler. Rows of one path come together, in the place of the
 * first of them, and other methods on that path are `METHOD_NOT_ALLOWED`. Of two paths that match, the earlier counts.
 */
export function addRoutes<Name extends string>(
  app: Hono<AppEnv>,
  endpoints: Record<Name, Endpoint>,
  handlers: Record<Name, AppHandler>,
): void {
  for (const names of Map.groupBy(keysOf(endpoints), (name) => endpoints[name].path).values()) {
    for (const name of names) {
      const endpoint = endpoints[name];
      app.on([...endpoint.methods], pathsOf(endpoint), naming(name), ...guardsOf(endpoint), handlers[name]);
    }
    const allowed = names.flatMap((name) => endpoints[name].methods).join(", ");
    const paths = new Set(names.flatMap((name) => pathsOf(endpoints[name])));
    app.on([...METHODS], [...paths], (c) => {
      c.header("Allow", allowed);
      throw new DuetError("METHOD_NOT_ALLOWED");
    });
  }
}

/** Notes which endpoint a request has reached, for `measureRequests`: paths hold values. */
function naming(name: string): AppHandler {
  return (c, next) => {
    c.set("endpoint", name);
    return next();
  };
}

function guardsOf({ methods, signedIn }: Endpoint): AppHandler[] {
  const hasEffect = methods.some((method) => method !== "GET");
  return [...(hasEffect ? [requireOwnSite] : []), ...(signedIn === "account" ? [requireAccount] : [])];
}

/** One structured line per request: what, how, how long. Never a body, a name, a hash, a cookie or a query. */
import { createMiddleware } from "hono/factory";
import { routePath } from "hono/route";
import type { AppContext, AppEnv } from "./context.ts";

export const logRequests = createMiddleware<AppEnv>(async function logRequests(c, next) {
  const started = Date.now();
  await next();
  const entry = {
    requestId: c.get("requestId"),
    method: c.req.method,
    // The pattern, such as /chat-server/user/:hash: the path itself would give the hash away.
    route: routePath(c, -1),
    status: c.res.status,
    errorCode: c.get("errorCode"),
    ms: Date.now() - started,
  };
  // oxlint-disable-next-line no-console -- a Worker's log is its console
  console.log(JSON.stringify(entry));
});

/** Reports a bug by where it happened. Messages stay out: those of drizzle and Upstash contain parameters. */
export function logUnexpected(error: Error, c: AppContext): void {
  const at = error.stack?.split("\n").filter((line) => /^\s+at /.test(line)) ?? [];
  // oxlint-disable-next-line no-console -- see above
  console.error(
    JSON.stringify({ requestId: c.get("requestId"), error: error.name, at: at.map((line) => line.trim()) }),
  );
}

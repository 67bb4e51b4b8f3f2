import { createMiddleware } from "hono/factory";
import type { AppEnv } from "./context.ts";

/** Answers depend on the cookie and change with every message: no cache on the way may keep one. */
export const noStore = createMiddleware<AppEnv>(async function noStore(c, next) {
  await next();
  if (!c.res.headers.has("Cache-Control")) c.header("Cache-Control", "no-store");
});

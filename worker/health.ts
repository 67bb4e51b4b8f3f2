/** Whether the stores answer. The Worker itself serves without them, so this is 200 either way. */
import { sql } from "drizzle-orm";
import type { HealthAnswer } from "../protocol/http.ts";
import type { AppContext } from "./context.ts";
import { storesOf } from "./stores.ts";

export async function health(c: AppContext) {
  const { db, redis } = storesOf(c.env);
  const [postgres, cache] = await Promise.allSettled([db.execute(sql`select 1`), redis.ping()]);
  const checks = { postgres: postgres.status === "fulfilled", redis: cache.status === "fulfilled" };
  const status = checks.postgres && checks.redis ? "OK" : "degraded";
  const answer: HealthAnswer = { status, checks };
  return c.json(answer);
}

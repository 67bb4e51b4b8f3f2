/** Whether the stores answer. The Worker itself serves without them, so this is 200 either way. */
import { sql } from "drizzle-orm";
import type { HealthAnswer } from "../protocol/http.ts";
import type { AppContext } from "./context.ts";
import { storesOf } from "./stores.ts";

/** Milliseconds that an answer holds: asking more often must not cost queries, nor keep a database awake. */
const FRESH_MS = 5_000;

type Checks = HealthAnswer["checks"];
const latest = new WeakMap<Env, { at: number; checks: Checks }>();

export async function health(c: AppContext) {
  const known = latest.get(c.env);
  const checks = known && Date.now() - known.at < FRESH_MS ? known.checks : await check(c.env);
  if (checks !== known?.checks) latest.set(c.env, { at: Date.now(), checks });
  const answer: HealthAnswer = { status: checks.postgres && checks.redis ? "OK" : "degraded", checks };
  return c.json(answer);
}

async function check(env: Env): Promise<Checks> {
  const { db, redis } = storesOf(env);
  const [postgres, cache] = await Promise.allSettled([db.execute(sql`select 1`), redis.ping()]);
  return { postgres: postgres.status === "fulfilled", redis: cache.status === "fulfilled" };
}

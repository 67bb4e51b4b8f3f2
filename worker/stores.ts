/** The Worker's clients of Postgres and Redis, and what a failure of theirs means to a request. */
import { createDb } from "../drizzle/client.ts";
import { DuetError } from "../protocol/errors.ts";
import { parseLimits } from "../protocol/limits.ts";
import { createRedis } from "../redis/client.ts";
import { keys } from "../redis/keys.ts";
import { createRateLimit } from "../redis/rate-limit.ts";

const RETRY_AFTER_SECONDS = 5;

export type Stores = ReturnType<typeof createStores>;

function createStores(env: Env) {
  const limits = parseLimits(env);
  const redis = createRedis(env.UPSTASH_REDIS_REST_URL, env.UPSTASH_REDIS_REST_TOKEN, limits.STORE_TIMEOUT_MS);
  return {
    limits,
    redis,
    db: createDb(env.DATABASE_URL, limits.STORE_TIMEOUT_MS),
    registrations: createRateLimit(redis, keys.registrations, limits.REGISTRATIONS_PER_MINUTE),
    logins: createRateLimit(redis, keys.logins, limits.LOGINS_PER_MINUTE),
  };
}

/** One set per environment: the clients hold no connection, but the rate limits remember who is blocked. */
const stores = new WeakMap<Env, Stores>();

export function storesOf(env: Env): Stores {
  const known = stores.get(env);
  if (known) return known;
  const created = createStores(env);
  stores.set(env, created);
  return created;
}

/**
 * Runs what can't be decided without a store. Fails closed: while the store is away the request is refused.
 *
 * @throws DuetError what `work` throws, or `UNAVAILABLE` when the store failed
 */
export async function needing<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof DuetError) throw error;
    throw new DuetError("UNAVAILABLE", { retryAfter: RETRY_AFTER_SECONDS });
  }
}

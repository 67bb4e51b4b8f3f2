/** The Worker's clients of Postgres and Redis, and what a failure of theirs means to a request. */
import { breakers } from "../durable-objects/circuit-breaker.ts";
import { createDb } from "../drizzle/client.ts";
import { DuetError } from "../protocol/errors.ts";
import { parseLimits } from "../protocol/limits.ts";
import { createRedis } from "../redis/client.ts";
import { keys } from "../redis/keys.ts";
import { createRateLimit, type RateLimit } from "../redis/rate-limit.ts";

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
    signUps: createRateLimit(redis, keys.signUps, limits.SIGN_UPS_PER_MINUTE),
    signIns: createRateLimit(redis, keys.signIns, limits.SIGN_INS_PER_MINUTE),
    signInsPerAccount: createRateLimit(redis, keys.signInsPerAccount, limits.SIGN_INS_PER_ACCOUNT),
    mails: createRateLimit(redis, keys.mails, limits.MAILS_PER_HOUR, "1 h"),
    searches: createRateLimit(redis, keys.searches, limits.SEARCHES_PER_MINUTE),
    renames: createRateLimit(redis, keys.renames, limits.RENAMES_PER_MINUTE),
    posts: createRateLimit(redis, keys.posts, limits.POSTS_PER_MINUTE),
    foundings: createRateLimit(redis, keys.foundings, limits.CONVERSATIONS_PER_MINUTE),
    joins: createRateLimit(redis, keys.joins, limits.JOINS_PER_MINUTE),
    invites: createRateLimit(redis, keys.invites, limits.INVITES_PER_HOUR, "1 h"),
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
 * Counts an attempt against a limit. Fails closed: while Redis is away, nobody gets through.
 *
 * @throws DuetError `TOO_MANY_REQUESTS`, or `UNAVAILABLE`, each with the seconds to wait
 */
export async function limit(rate: RateLimit, who: string): Promise<void> {
  const retryAfter = await needingRedis(() => rate.attempt(who));
  if (retryAfter > 0) throw new DuetError("TOO_MANY_REQUESTS", { retryAfter });
}

/**
 * Runs what can't be decided without Redis.
 *
 * @throws DuetError `UNAVAILABLE` when it fails
 */
export async function needingRedis<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await breakers.redis.run(work);
  } catch {
    throw new DuetError("UNAVAILABLE");
  }
}

import type { Redis } from "./client.ts";
import { keys } from "./keys.ts";

const RESERVATION_SECONDS = 60;

/**
 * Keeps two registrations at the same moment from wasting an object on the same hash. A hint only, Upstash being
 * eventually consistent: the Conversation object decides who owns a hash.
 *
 * @returns whether the hash was free
 */
export async function reserveHash(redis: Redis, hash: string): Promise<boolean> {
  const answer = await redis.set(keys.reservation(hash), 1, { nx: true, ex: RESERVATION_SECONDS });
  return answer === "OK";
}

/** How often one address, or one account, may do what costs or can be guessed. */
import { Ratelimit } from "@upstash/ratelimit";
import type { Redis } from "./client.ts";

export interface RateLimit {
  /**
   * Counts one attempt.
   *
   * @param who - the client's address as the edge saw it, or whatever else has a limit of its own
   * @returns the seconds to wait when it is one too many, else 0
   */
  attempt(who: string): Promise<number>;
}

/**
 * A sliding window.
 *
 * @param prefix - of the keys in Redis
 * @param attempts - allowed in a window
 */
export function createRateLimit(
  redis: Redis,
  prefix: string,
  attempts: number,
  window: "1 m" | "1 h" = "1 m",
): RateLimit {
  const limiter = new Ratelimit({
    redis,
    prefix,
    limiter: Ratelimit.slidingWindow(attempts, window),
    // Its own time limit answers "allowed". The client's throws, and the caller refuses: see worker/stores.ts.
    timeout: 0,
  });
  return {
    async attempt(who) {
      const { success, reset } = await limiter.limit(limitedPart(who));
      return success ? 0 : Math.max(1, Math.ceil((reset - Date.now()) / 1000));
    },
  };
}

/** An IPv6 customer has a whole /64 of addresses: they count as one. */
function limitedPart(address: string): string {
  if (!address.includes(":")) return address;
  const [head = "", tail] = address.toLowerCase().split("::");
  const groups = head.split(":").filter((group) => group !== "");
  if (tail !== undefined) {
    const after = tail.split(":").filter((group) => group !== "");
    while (groups.length + after.length < 8) groups.push("0");
    groups.push(...after);
  }
  return `${groups.slice(0, 4).join(":")}::/64`;
}

/** The Redis client: Upstash's REST API, because a Worker keeps no connections. */
import { Redis } from "@upstash/redis/cloudflare";

/**
 * @param url - of the REST endpoint
 * @param token - its bearer token
 * @param timeoutMs - milliseconds after which a request is given up; the client itself would wait forever
 */
export function createRedis(url: string, token: string, timeoutMs: number): Redis {
  return new Redis({
    url,
    token,
    // A function: one shared, already aborted signal would make every later GET answer null.
    signal: () => AbortSignal.timeout(timeoutMs),
    // Callers decide what a failure means; the default of 5 retries over 4 s would only hide it.
    retry: { retries: 1, backoff: () => 50 },
    enableTelemetry: false,
  });
}

export type { Redis };

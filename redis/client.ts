/** The Redis client: Upstash's REST API, because a Worker keeps no connections. */
import { Redis } from "@upstash/redis/cloudflare";

/** Gives each request its time limit, which ends with the answer: an object does not sleep while a timer runs. */
class TimelyRedis extends Redis {
  constructor(config: ConstructorParameters<typeof Redis>[0], timeoutMs: number) {
    super(config);
    const request = this.client.request.bind(this.client);
    this.client.request = async (wanted) => {
      const controller = new AbortController();
      const timer = setTimeout(() => controller.abort(), timeoutMs);
      try {
        const answer = await request<never>({ ...wanted, signal: controller.signal });
        // The client makes an answer of a request that was given up.
        if (controller.signal.aborted) throw new DOMException("Redis did not answer in time.", "TimeoutError");
        return answer;
      } finally {
        clearTimeout(timer);
      }
    };
  }
}

/**
 * @param url - of the REST endpoint
 * @param token - its bearer token
 * @param timeoutMs - milliseconds after which a request is given up; the client itself would wait forever
 */
export function createRedis(url: string, token: string, timeoutMs: number): Redis {
  // Callers decide what a failure means; the default of 5 retries over 4 s would only hide it.
  const retry = { retries: 1, backoff: () => 50 };
  return new TimelyRedis({ url, token, retry, enableTelemetry: false }, timeoutMs);
}

export type { Redis };

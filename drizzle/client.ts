/** The Postgres client: Neon's SQL over HTTP, because a Worker keeps no connections. */
import { neon, neonConfig } from "@neondatabase/serverless";
import { drizzle } from "drizzle-orm/neon-http";

const LOOPBACK = /^(localhost|127\.0\.0\.1|\[::1\])$/;

// Hosted Neon has its own https endpoint; on this machine a stand-in speaks the same protocol over plain http.
const hosted = neonConfig.defaults.fetchEndpoint;
neonConfig.fetchEndpoint = (host, port, options) => {
  if (LOOPBACK.test(host)) return `http://${host}:${port}/sql`;
  return typeof hosted === "string" ? hosted : hosted(host, port, options);
};

/** Time limits of the requests under way. */
const timers = new WeakMap<AbortSignal, ReturnType<typeof setTimeout>>();

/** An object does not sleep while a timer runs, so the time limit ends with the answer, which is read whole before. */
neonConfig.fetchFunction = async (url: string, init: RequestInit): Promise<Response> => {
  try {
    const response = await fetch(url, init);
    return new Response(await response.text(), response);
  } finally {
    if (init.signal) clearTimeout(timers.get(init.signal));
  }
};

/**
 * @param databaseUrl - `postgres://user:password@host/database`
 * @param timeoutMs - milliseconds after which a request is given up; the driver itself would wait forever
 */
export function createDb(databaseUrl: string, timeoutMs: number) {
  const fetchOptions = {
    // A getter, because the driver spreads these options into each request: every one gets its own time limit.
    get signal() {
      const controller = new AbortController();
      const giveUp = () => controller.abort(new DOMException("Postgres did not answer in time.", "TimeoutError"));
      timers.set(controller.signal, setTimeout(giveUp, timeoutMs));
      return controller.signal;
    },
  };
  return drizzle(neon(databaseUrl, { fetchOptions }));
}

export type Db = ReturnType<typeof createDb>;

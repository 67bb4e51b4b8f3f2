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

/**
 * @param databaseUrl - `postgres://user:password@host/database`
 * @param timeoutMs - milliseconds after which a request is given up; the driver itself would wait forever
 */
export function createDb(databaseUrl: string, timeoutMs: number) {
  const fetchOptions = {
    // A getter, because the driver spreads these options into each request: every one gets its own time limit.
    get signal() {
      return AbortSignal.timeout(timeoutMs);
    },
  };
  return drizzle(neon(databaseUrl, { fetchOptions }));
}

export type Db = ReturnType<typeof createDb>;

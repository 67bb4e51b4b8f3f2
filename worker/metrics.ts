/** What a deployment may know of itself, in Prometheus' text format, for whoever has its `METRICS_TOKEN`. */
import { createMiddleware } from "hono/factory";
import { CONTENT_TYPE, exposition } from "../durable-objects/meter/exposition.ts";
import { isMetered, meterOf, reportTally } from "../durable-objects/meter/report.ts";
import { tally } from "../durable-objects/meter/tally.ts";
import { hashOf, isSameHash } from "../durable-objects/secrets.ts";
import { DuetError } from "../protocol/errors.ts";
import { bearerTokenOf } from "./bearer.ts";
import type { AppContext, AppEnv } from "./context.ts";
import { reach } from "./conversations.ts";

/** Milliseconds between two reports of an isolate. Less than the 30 s that a request may work on after its answer. */
const REPORT_MS = 10_000;

/** Milliseconds since 1970 when the next report of this isolate is due: until then there is a timer for it. */
let dueAt = 0;

/** Counts every request by its endpoint's name, never its path, and its failure by code. */
export const measureRequests = createMiddleware<AppEnv>(async function measureRequests(c, next) {
  if (!isMetered(c.env)) return next();
  const started = Date.now();
  await next();
  tally.answered(c.get("endpoint") ?? "none", Date.now() - started);
  const errorCode = c.get("errorCode");
  if (errorCode) tally.failed("http", errorCode);
  if (Date.now() < dueAt) return;
  dueAt = Date.now() + REPORT_MS;
  c.executionCtx.waitUntil(reportLater(c.env));
});

/** Reports what comes meanwhile, too. Should the timer die with the isolate's request, the next one after it sets another. */
async function reportLater(env: Env): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, REPORT_MS));
  // Lost: see `reportTally`. It is no reason for an entry in the log each time.
  await reportTally(env).catch(() => undefined);
}

/**
 * Before anything else at this path, whatever the method.
 *
 * @throws DuetError `NOT_FOUND` where there is no `METRICS_TOKEN`, as if the path did not exist; `METRICS_TOKEN_WRONG`
 */
export const requireMetricsToken = createMiddleware<AppEnv>(async function requireMetricsToken(c, next) {
  if (!isMetered(c.env)) throw new DuetError("NOT_FOUND");
  // Of hashes, which are all of one length: nor does the time tell that of the token.
  if (!isSameHash(hashOf(bearerTokenOf(c) ?? ""), hashOf(c.env.METRICS_TOKEN))) {
    c.header("WWW-Authenticate", "Bearer");
    throw new DuetError("METRICS_TOKEN_WRONG");
  }
  await next();
});

export async function metrics(c: AppContext) {
  // Ours are not due yet; in a small deployment they are all there are.
  await reach(reportTally(c.env));
  const figures = await reach(meterOf(c.env).read());
  return c.body(exposition(figures), 200, { "Content-Type": CONTENT_TYPE });
}

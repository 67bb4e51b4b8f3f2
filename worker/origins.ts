/** Which pages may use the API: our own, and those of the configured front ends. */
import { cors } from "hono/cors";
import { createMiddleware } from "hono/factory";
import { METHODS } from "../protocol/endpoint.ts";
import { DuetError } from "../protocol/errors.ts";
import type { AppContext, AppEnv } from "./context.ts";

function isAllowed(origin: string, c: AppContext): boolean {
  // Without the filter an empty setting would contain the empty origin.
  const frontends = c.env.FRONTEND_ORIGINS.split(/\s+/).filter((frontend) => frontend !== "");
  return origin === new URL(c.req.url).origin || frontends.includes(origin);
}

/** Answers preflights and lets allowed origins read answers, cookies included. */
export const allowFrontends = cors({
  origin: (origin, c: AppContext) => (isAllowed(origin, c) ? origin : null),
  credentials: true,
  allowMethods: [...METHODS],
  allowHeaders: ["Content-Type", "Authorization"],
  // What failures tell to go by; pages of other origins can't read it otherwise.
  exposeHeaders: ["Allow", "Retry-After"],
  maxAge: 86_400,
});

/**
 * Refuses every request of a page of another origin, before anything is looked up or woken.
 *
 * @throws DuetError `ORIGIN_FORBIDDEN`. A request without `Origin` passes: that is no cross-origin page.
 */
export const guardOrigin = createMiddleware<AppEnv>(async function guardOrigin(c, next) {
  const origin = c.req.header("Origin");
  if (origin !== undefined && !isAllowed(origin, c)) throw new DuetError("ORIGIN_FORBIDDEN");
  await next();
});

/**
 * For requests with an effect, GETs included: a link, an image or a form on another site must not trigger them.
 * `Sec-Fetch-Site` can't be forged by a page; clients that are no browser do not send it.
 *
 * @throws DuetError `CROSS_SITE`
 */
export const requireOwnSite = createMiddleware<AppEnv>(async function requireOwnSite(c, next) {
  const site = c.req.header("Sec-Fetch-Site");
  const byFrontend = c.req.header("Origin") !== undefined; // An allowed one: guardOrigin came first.
  if (site !== undefined && site !== "same-origin" && !byFrontend) throw new DuetError("CROSS_SITE");
  await next();
});

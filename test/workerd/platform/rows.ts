/** The platform's table of endpoints, and requests to its rows. */
import type { Endpoint, Method } from "../../../protocol/endpoint.ts";
import { BASE_PATH } from "../../../protocol/limits.ts";
import { PLATFORM_ENDPOINTS } from "../../../protocol/platform/endpoints.ts";
import { request } from "../pair.ts";

/** One entry for each method of each row. */
export const ROWS = Object.entries<Endpoint>(PLATFORM_ENDPOINTS).flatMap(([name, endpoint]) =>
  endpoint.methods.map((method) => ({ name, method, endpoint })),
);
export const SIGNED_IN = ROWS.filter(({ endpoint }) => endpoint.signedIn === "account");

export interface Sent {
  /** What stands for every parameter of the path; by default an id that nobody has. */
  param?: string;
  /** What stands for single ones, by name. */
  params?: Record<string, string>;
  authorization?: string | undefined;
  body?: string;
  headers?: Record<string, string>;
  query?: string;
}

/** Asks a row with its example as the body, unless told otherwise. */
export function ask(method: Method, { path, body: example }: Endpoint, sent: Sent = {}): Promise<Response> {
  const { param, params = {}, authorization, headers, query = "" } = sent;
  const { body = example && JSON.stringify(example.example) } = sent;
  const filled = path.replace(/:(\w+)/g, (_, name: string) => params[name] ?? param ?? crypto.randomUUID());
  return request(BASE_PATH + filled + query, {
    method,
    headers: {
      ...(body !== undefined && { "Content-Type": "application/json" }),
      ...(authorization !== undefined && { Authorization: authorization }),
      ...headers,
    },
    ...(body !== undefined && { body }),
  });
}

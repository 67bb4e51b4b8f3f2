/** What a row in a table of endpoints says. Routes, the OpenAPI document, the README's table and tests come from rows. */
import type * as z from "zod/mini";
import type { ErrorCode } from "./errors.ts";
import { BASE_PATH } from "./limits.ts";

export const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const;
export type Method = (typeof METHODS)[number];

export interface Endpoint {
  /** Several rows may share a path, each with methods of its own. */
  methods: readonly Method[];
  /** Below BASE_PATH, parameters as `:name`. */
  path: string;
  /** Further paths below BASE_PATH. */
  aliases?: readonly string[];
  /** Further paths at the root of the site. */
  rootAliases?: readonly string[];
  /** `public`: anyone may build on it. `internal`: made for Duet's own pages, but stable all the same. */
  visibility: "public" | "internal";
  /** What is needed: a session cookie for the chat, or an account's access token. */
  signedIn: false | "chat" | "account";
  summary: string;
  description?: string;
  body?: { schema: z.core.$ZodType; example: unknown };
  query?: z.core.$ZodObject;
  /** HTTP status of a success; 200 where nothing is said. */
  success?: 200 | 201 | 202 | 204;
  /** HTTP status of the same answer where there was nothing new to make. */
  repeat?: 200;
  answer?: { schema: z.core.$ZodType; example: unknown };
  errors: readonly ErrorCode[];
}

export const BODY_ERRORS = ["BAD_JSON", "BODY_INVALID", "BODY_TOO_LARGE", "UNSUPPORTED_MEDIA_TYPE"] as const;
export const NAME_ERRORS = ["NAME_EMPTY", "NAME_TOO_LONG", "NAME_CHARACTERS"] as const;
export const LIMIT_ERRORS = ["TOO_MANY_REQUESTS", "UNAVAILABLE"] as const;

/** Every path of an endpoint, its own first. */
export function pathsOf({ path, aliases = [], rootAliases = [] }: Endpoint): string[] {
  return [path, ...aliases].map((below) => BASE_PATH + below).concat(rootAliases);
}

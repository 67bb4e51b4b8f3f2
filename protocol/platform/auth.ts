/** Bodies and answers about accounts and sessions. Names as the first documents spell them. */
import * as z from "zod/mini";
import type { ErrorCode } from "../errors.ts";
import { Name, Timestamp } from "../fields.ts";
import { Email, Password, TriedPassword, Username, Uuid } from "./fields.ts";
import { NextCursor } from "./page.ts";

const code = (name: ErrorCode) => name;

export const SignUpBody = z.object({
  email: Email,
  // The path of a profile is made of the username.
  username: Username.check(z.refine((name) => name !== "search", { error: code("USERNAME_TAKEN") })),
  password: Password,
  /** What others see; the username, unless something is said. */
  display_name: z.optional(Name),
});

/** One of `email` and `username`. Any text goes: what can't be one gets the same answer as what is unknown. */
export const SignInBody = z.pipe(
  z.object({ email: z.optional(z.string()), username: z.optional(z.string()), password: TriedPassword }),
  z.transform(({ email, username, password }, context) => {
    if (email !== undefined) return { by: "email" as const, name: email, password };
    if (username !== undefined) return { by: "username" as const, name: username, password };
    context.issues.push({ code: "custom", input: email, path: ["email"], message: "missing" });
    return z.NEVER;
  }),
);

/** Any text: what can't be a token gets the same answer as one that is wrong. */
export const RefreshBody = z.object({ refresh_token: z.string() });

export const PasswordChangeBody = z.object({ current_password: TriedPassword, new_password: Password });

export const VerifyEmailBody = z.object({ token: z.string() });

const User = z.object({ id: Uuid, email: z.string(), username: z.string() });

/** The caller's own account. */
export const Me = z.extend(User, {
  display_name: z.string(),
  email_verified: z.boolean(),
  /** Whether a search for users may find this account. */
  discoverable: z.boolean(),
  created_at: Timestamp,
});
export type Me = z.infer<typeof Me>;

const Tokens = z.object({
  access_token: z.string(),
  refresh_token: z.string(),
  /** Seconds until the access token runs out. */
  expires_in: z.int(),
});

export const TokensAnswer = z.object({ tokens: Tokens });
export type TokensAnswer = z.infer<typeof TokensAnswer>;

export const SignInAnswer = z.object({ user: User, tokens: Tokens });
export type SignInAnswer = z.infer<typeof SignInAnswer>;

/** For what was taken on and has nothing to say. */
export const Accepted = z.object({ status: z.literal("OK"), code: z.literal(202) });

const SessionInfo = z.object({
  id: Uuid,
  /** What it was made with, such as "Firefox on Linux". */
  label: z.string(),
  created_at: Timestamp,
  /** When it was last refreshed. */
  used_at: Timestamp,
  expires_at: Timestamp,
  /** Whether this request belongs to it. */
  current: z.boolean(),
});
export type SessionInfo = z.infer<typeof SessionInfo>;

export const SessionsPage = z.object({ sessions: z.array(SessionInfo), next_cursor: NextCursor });
export type SessionsPage = z.infer<typeof SessionsPage>;

/** Single values of the platform's API. A failed check's message is its error code (see `unwrap` in errors.ts). */
import * as z from "zod/mini";
import type { ErrorCode } from "../errors.ts";
import { EMAIL_MAX, PASSWORD_MAX, PASSWORD_MIN, USERNAME_MAX, USERNAME_MIN } from "../limits.ts";

const code = (name: ErrorCode) => name;

export { Uuid } from "../fields.ts";

// Whether an address exists, only a mail can tell: this keeps out what could be none, and what hides or reorders text.
const EMAIL = /^[^\s@"(),:;<>[\\\]\p{Cc}\p{Cf}\p{Cs}\p{Co}]{1,64}@[^\s@"(),:;<>[\\\]\p{Cc}\p{Cf}\p{Cs}\p{Co}]+$/u;

/** An email address as its owner writes it, trimmed. */
export const Email = z
  .string()
  .check(z.trim(), z.maxLength(EMAIL_MAX, code("EMAIL_INVALID")), z.regex(EMAIL, code("EMAIL_INVALID")));

/** Two addresses are the same mailbox when their keys are equal. */
export function emailKey(email: string): string {
  return email.trim().normalize("NFKC").toLowerCase();
}

/** Public identity of an account, lower case; never changes, and is never given to somebody else. */
export const Username = z
  .string()
  .check(
    z.trim(),
    z.toLowerCase(),
    z.minLength(USERNAME_MIN, code("USERNAME_INVALID")),
    z.maxLength(USERNAME_MAX, code("USERNAME_INVALID")),
    z.regex(/^[a-z0-9_](?:[a-z0-9_.]*[a-z0-9_])?$/, code("USERNAME_INVALID")),
  );

/** In NFKC, so that every keyboard types the same password; 8–128 characters, whichever they are. */
export const Password = z
  .string()
  .check(
    z.normalize("NFKC"),
    z.minLength(PASSWORD_MIN, code("PASSWORD_TOO_SHORT")),
    z.maxLength(PASSWORD_MAX, code("PASSWORD_TOO_LONG")),
  );

/** A password that is tried: whatever it is, it gets the same answer as a wrong one. */
export const TriedPassword = z.string().check(z.normalize("NFKC"));

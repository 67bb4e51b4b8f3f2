/** The single values that cross the wire. A failed check's message is its error code (see `unwrap` in errors.ts). */
import * as z from "zod/mini";
import type { ErrorCode } from "./errors.ts";
import { BODY_MAX, MESSAGE_ID_MAX, NAME_MAX, PAGE_LIMIT_DEFAULT, PAGE_LIMIT_MAX } from "./limits.ts";

const code = (name: ErrorCode) => name;

/** Characters as a person and JSON Schema count them: code points, so that an emoji isn't two. */
function maxCharacters(maxLength: number, error: ErrorCode) {
  return [z.refine<string>((text) => Array.from(text).length <= maxLength, error), z.meta({ maxLength })] as const;
}

// Controls, formats (zero-width, bidi overrides), halves of surrogate pairs, private use, separators, and all that
// Unicode says to draw as nothing: two names must not be able to look the same or empty.
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/u;
// Several scripts are written with joiners; in Latin, Greek and Cyrillic they only deceive.
const JOINER_IN_USE =
  /(?<=[[\p{L}\p{M}]--[\p{sc=Latn}\p{sc=Grek}\p{sc=Cyrl}]])[\u200C\u200D](?=[[\p{L}\p{M}]--[\p{sc=Latn}\p{sc=Grek}\p{sc=Cyrl}]])/gv;
const EMOJI = /\p{RGI_Emoji}/gv;
// A message may hold tabs, line breaks and joiners (emoji and many scripts need them), but nothing Postgres or a
// terminal would choke on.
const CONTROL = /[^\P{Cc}\t\n\r]|\p{Cs}/u;
const VISIBLE = /[^\s\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]/u;

/** A person's name: NFC, trimmed, inner white space collapsed, 1–32 visible characters. */
export const Name = z.string().check(
  z.normalize("NFC"),
  z.trim(),
  z.overwrite((name) => name.replace(/\p{Zs}+/gu, " ")),
  z.refine((name) => !INVISIBLE.test(name.replace(EMOJI, "").replace(JOINER_IN_USE, "")), {
    error: code("NAME_CHARACTERS"),
    abort: true,
  }),
  z.minLength(1, code("NAME_EMPTY")),
  ...maxCharacters(NAME_MAX, "NAME_TOO_LONG"),
);

/** Two names are the same person's when they match without regard to case, width and what can't be seen. */
export function sameName(a: string, b: string): boolean {
  const fold = (name: string) =>
    name
      .normalize("NFKC")
      .replace(/\p{Default_Ignorable_Code_Point}/gu, "")
      .toLowerCase()
      .toUpperCase();
  return fold(a) === fold(b);
}

/** A message's text, kept exactly as it was sent. */
export const Body = z.string().check(
  z.refine((body) => !CONTROL.test(body), { error: code("MESSAGE_CHARACTERS"), abort: true }),
  z.refine((body) => VISIBLE.test(body), { error: code("MESSAGE_EMPTY"), abort: true }),
  ...maxCharacters(BODY_MAX, "MESSAGE_TOO_LONG"),
);

/** The sender's own id of a message, chosen by the client: what makes a resend harmless. */
export const MessageId = z
  .string()
  .check(z.regex(new RegExp(`^[A-Za-z0-9_-]{1,${MESSAGE_ID_MAX}}$`), code("MESSAGE_ID_INVALID")));

/** Exactly one emoji as Unicode recommends it for interchange (sequences and flags included). */
export const Emoji = z.string().check(z.regex(/^\p{RGI_Emoji}$/v, code("EMOJI_INVALID")));

/** A chat's key: 22 characters of base 62, 131 bits from a CSPRNG. */
export const CHAT_HASH_LENGTH = 22;
export const ChatHash = z.string().check(z.regex(new RegExp(`^[A-Za-z0-9]{${CHAT_HASH_LENGTH}}$`)));

/**
 * Ids of accounts, sessions and whatever else the platform names: UUID version 4, so that none can be guessed. Objects
 * are called by them, and other ids follow from their text: so there is one way to write each, in lower case.
 */
export const Uuid = z.uuidv4().check(z.toLowerCase());

/** Who somebody is in a conversation: a name in a pair chat, an account's id elsewhere. */
export const MemberKey = z.union([Name, Uuid]);

/** Position in a conversation's log: 1, 2, 3, … without gaps. */
export const Seq = z.int().check(z.positive());
/** Like Seq, where 0 stands for "nothing yet". */
export const SeqOrZero = z.int().check(z.nonnegative());

/** The last moment that a Date can hold. */
const TIME_MAX = 8_640_000_000_000_000;

/** Milliseconds since 1970, UTC. */
export const Timestamp = z
  .int(code("TIMESTAMP_INVALID"))
  .check(z.nonnegative(code("TIMESTAMP_INVALID")), z.lte(TIME_MAX, code("TIMESTAMP_INVALID")));

/** A whole number from 1 to `max` as a query spells it. */
export function queryNumber(max: number, error: ErrorCode) {
  const Digits = z.string().check(z.regex(/^\d{1,16}$/, error));
  const Fitting = z.int(error).check(z.minimum(1, error), z.maximum(max, error));
  return z.pipe(z.pipe(Digits, z.transform(Number)), Fitting);
}

/** How many a page has at the most. */
export const PageLimit = z._default(queryNumber(PAGE_LIMIT_MAX, "PAGE_LIMIT_INVALID"), PAGE_LIMIT_DEFAULT);

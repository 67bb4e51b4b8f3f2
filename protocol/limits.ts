import { keysOf } from "./keys-of.ts";

/** Every endpoint lives under this path, but for a few aliases. */
export const BASE_PATH = "/chat-server";

/** The platform's endpoints live under this path below BASE_PATH. */
export const API_V1 = "/api/v1";

/** What the wire allows: fixed for every deployment, because clients check the same numbers before they send. */
export const NAME_MAX = 32;
export const BODY_MAX = 4_000;
export const MESSAGE_ID_MAX = 64;
/** Bytes of one WebSocket text frame in UTF-8. A 4,000-character body of 4-byte characters still fits. */
export const FRAME_MAX_BYTES = 16 * 1024;
/** Bytes of the first frame on an account's socket, which may name every conversation of the account. */
export const ACCOUNT_HELLO_MAX_BYTES = 128 * 1024;
export const HTTP_BODY_MAX_BYTES = 64 * 1024;
export const PAGE_LIMIT_MAX = 100;
export const PAGE_LIMIT_DEFAULT = 50;
export const USERNAME_MIN = 3;
export const USERNAME_MAX = 30;
export const PASSWORD_MIN = 8;
export const PASSWORD_MAX = 128;
export const EMAIL_MAX = 254;
/** Milliseconds a fresh socket has to say `hello`. */
export const HELLO_TIMEOUT_MS = 10_000;

/** What a deployment may set through `vars` in wrangler.toml; these are the defaults. */
const DEFAULT_LIMITS = {
  /** Events (send, edit, delete, react) a person may log per second, steadily. */
  EVENTS_PER_SECOND: 20,
  /** How many events a person may log at once after a rest. */
  EVENT_BURST: 60,
  /** Registrations per minute and client address. */
  REGISTRATIONS_PER_MINUTE: 10,
  /** Login attempts per minute and client address. */
  LOGINS_PER_MINUTE: 20,
  /** Accounts made per minute and client address. */
  SIGN_UPS_PER_MINUTE: 10,
  /** Passwords tried per minute and client address. */
  SIGN_INS_PER_MINUTE: 20,
  /** Passwords tried per minute and account, from wherever. */
  SIGN_INS_PER_ACCOUNT: 10,
  /** Mails sent per hour and recipient. */
  MAILS_PER_HOUR: 5,
  /** Searches for people per minute and account. */
  SEARCHES_PER_MINUTE: 30,
  /** Changes of the display name per minute and account: each is told to all of its conversations. */
  RENAMES_PER_MINUTE: 30,
  /** Posts per minute and account. */
  POSTS_PER_MINUTE: 30,
  /** Conversations and rooms begun per minute and account. */
  CONVERSATIONS_PER_MINUTE: 30,
  /** Rooms and links that an account joins, or tries to, per minute. */
  JOINS_PER_MINUTE: 30,
  /** Invites sent per hour and account. */
  INVITES_PER_HOUR: 100,
  /** Days in which an invite can be answered. */
  INVITE_DAYS: 30,
  /** People that an account may follow. */
  FOLLOWED_PER_ACCOUNT: 5_000,
  /** Minutes an access token lasts. */
  ACCESS_TOKEN_MINUTES: 15,
  /** Days a refresh token lasts, from its last rotation. */
  REFRESH_TOKEN_DAYS: 7,
  /** Sessions an account may have; a new one ends the one that was used least recently. */
  SESSIONS_PER_ACCOUNT: 50,
  /** Binary logarithm of scrypt's N. 15 takes 32 MiB, and about as long as the runtime allows. */
  PASSWORD_COST: 15,
  /** Open sockets per person and chat. */
  SOCKETS_PER_PERSON: 10,
  /** Days a login lasts. */
  SESSION_DAYS: 30,
  /** Milliseconds an event waits in the object, so that what is near it goes to Postgres with it. */
  ARCHIVE_DELAY_MS: 2_000,
  /**
   * Milliseconds between two writes to Postgres at the most. A young chat is written more often: it waits for
   * ARCHIVE_DELAY_MS per event that Postgres has. Nobody there, or 500 events that wait: it does not wait for this.
   */
  ARCHIVE_INTERVAL_MS: 300_000,
  /**
   * The same in a conversation between accounts. Where an object dies before it has pushed what it stored, this is how
   * long it may take until that is noticed: two heartbeats.
   */
  ACCOUNT_ARCHIVE_INTERVAL_MS: 20_000,
  /** Newest events an object keeps for replay after Postgres has them. */
  EVENTS_KEPT: 1_000,
  /** Events that are replayed at the most; who missed more loads the newest page. */
  REPLAY_MAX: 2_000,
  /** Events that may wait for Postgres before the object refuses new ones. */
  OUTBOX_MAX: 50_000,
  /** Members a conversation may have. */
  MEMBERS_PER_CONVERSATION: 1_000,
  /** Members up to which everybody is told who comes and goes. */
  PRESENCE_MEMBERS: 100,
  /** Conversations an account may be in, whether it joined or was added. */
  CONVERSATIONS_PER_ACCOUNT: 500,
  /** Links that a conversation may have at once. */
  LINKS_PER_CONVERSATION: 100,
  /** Milliseconds any request to Postgres or Redis may take. */
  STORE_TIMEOUT_MS: 5_000,
};

/** Limits in force in one deployment. */
export type Limits = typeof DEFAULT_LIMITS;

/**
 * Reads the limits from a Worker's environment.
 *
 * @param environment - the Worker's bindings; every limit that is absent takes its default
 * @throws Error when a limit is set to anything but a positive number
 */
export function parseLimits(environment: object): Limits {
  const vars: Partial<Record<keyof Limits, unknown>> = { ...environment };
  const limits = { ...DEFAULT_LIMITS };
  for (const name of keysOf(DEFAULT_LIMITS)) {
    if (vars[name] === undefined) continue;
    const value = Number(vars[name]);
    if (!(value > 0)) throw new Error(`Set ${name} to a positive number in [vars] of wrangler.toml.`);
    limits[name] = value;
  }
  return limits;
}

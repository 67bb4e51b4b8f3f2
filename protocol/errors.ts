/**
 * Every failure a client can be told of: its stable code, its HTTP status, and what to do about it.
 * Where there is a `retryAfter`, in seconds, the same request may succeed later, unchanged.
 */
export const ERRORS = {
  BAD_JSON: { status: 400, message: "The body is not valid JSON. Send one JSON object." },
  BODY_INVALID: { status: 400, message: "The body lacks a field or has one of the wrong type. See `details`." },
  BODY_TOO_LARGE: { status: 413, message: "The body is larger than 64 KiB, or 16 KiB on a socket. Send less at once." },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, message: "Send the body with `Content-Type: application/json`." },

  NAME_EMPTY: { status: 400, message: "A name needs at least one visible character." },
  NAME_TOO_LONG: { status: 400, message: "A name has at most 32 characters. Shorten it." },
  NAME_CHARACTERS: {
    status: 400,
    message: "A name can't have control, invisible or direction-changing characters. Remove them.",
  },
  NAMES_EQUAL: { status: 400, message: "The two names are the same. Give each person a different one." },
  NAME_MISMATCH: { status: 400, message: "The name in the path and the one in the body differ. Send the same one." },
  HASH_MISMATCH: { status: 400, message: "The hash in the path and `userHash` in the body differ. Send the same one." },

  EMAIL_INVALID: { status: 400, message: "This is no email address. Send one of at most 254 characters." },
  EMAIL_TOKEN_INVALID: { status: 400, message: "This link is not valid, or no longer. Ask for another mail." },
  USERNAME_INVALID: {
    status: 400,
    message: "A username is 3 to 30 of a-z, 0-9, _ and ., and neither begins nor ends with a dot.",
  },
  USERNAME_TAKEN: { status: 409, message: "Somebody has, or had, this username. Choose another one." },
  PASSWORD_TOO_SHORT: { status: 400, message: "A password has at least 8 characters. Make it longer." },
  PASSWORD_TOO_LONG: { status: 400, message: "A password has at most 128 characters. Shorten it." },

  MESSAGE_EMPTY: { status: 400, message: "A message needs at least one visible character." },
  MESSAGE_TOO_LONG: { status: 400, message: "A message has at most 4,000 characters. Split it." },
  MESSAGE_CHARACTERS: {
    status: 400,
    message: "A message can't have control characters or broken Unicode. Remove them.",
  },
  MESSAGE_ID_INVALID: { status: 400, message: "A message id is 1 to 64 characters of A-Z, a-z, 0-9, _ and -." },
  TIMESTAMP_INVALID: { status: 400, message: "Send the time as ISO 8601 text or as milliseconds since 1970." },
  EMOJI_INVALID: { status: 400, message: "A reaction is exactly one emoji, or null to take it back." },
  SENDER_NOT_YOU: { status: 400, message: "`sender` is not who you are signed in as. Send your own name." },
  RECEIVER_NOT_PEER: { status: 400, message: "`reciever` is not the other person of this chat. Send their name." },
  ID_CONFLICT: { status: 409, message: "This id was used for something else. Choose a new id." },
  MESSAGE_UNKNOWN: { status: 404, message: "There is no message with this seq in this chat." },
  MESSAGE_NOT_YOURS: { status: 403, message: "Only the sender of a message can change it." },
  MESSAGE_DELETED: { status: 410, message: "This message was deleted and can't be changed." },
  POST_UNKNOWN: { status: 404, message: "You have no post with this id." },
  CURSOR_INVALID: {
    status: 400,
    message: "A cursor is what an earlier page gave for the next one. Leave it out for the first page.",
  },
  PAGE_LIMIT_INVALID: { status: 400, message: "`limit` is a whole number from 1 to 100." },

  NOT_SIGNED_IN: { status: 401, message: "You are not signed in to this chat. Open its link and say who you are." },
  LOGIN_FAILED: { status: 401, message: "No chat with this link has a person of this name. Check both." },
  UNAUTHENTICATED: {
    status: 401,
    message: "The access token is missing, wrong or has run out, or its session was ended. Refresh it, or log in.",
  },
  CREDENTIALS_WRONG: { status: 401, message: "No account has this name or email with this password. Check both." },
  METRICS_TOKEN_WRONG: {
    status: 401,
    message: "Send `Authorization: Bearer` with the METRICS_TOKEN of the deployment.",
  },
  REFRESH_TOKEN_INVALID: { status: 401, message: "This refresh token is not valid, or no longer. Log in again." },
  PASSWORD_WRONG: { status: 403, message: "This is not your current password. Check it." },
  ORIGIN_FORBIDDEN: {
    status: 403,
    message: "This origin may not use the API. Add it to FRONTEND_ORIGINS, or call from the same site.",
  },
  CROSS_SITE: { status: 403, message: "Another site may not do this for you. Open the chat itself and do it there." },
  CHAT_UNKNOWN: { status: 404, message: "There is no chat behind this link. Check it, or make a new one." },
  CHAT_ENDED: { status: 410, message: "This chat was ended and its messages are deleted. Make a new one." },
  CHAT_AMBIGUOUS: { status: 400, message: "This browser is in several chats. Name one with `?hash=`." },
  CONVERSATION_UNKNOWN: {
    status: 404,
    message: "You are in no conversation with this id. It may be over, or you left.",
  },
  CONVERSATION_CLOSED: {
    status: 403,
    message:
      "You are no friends any more, or their account was deleted: nothing can be written here. Friends can write again.",
  },
  CONVERSATION_FULL: {
    status: 409,
    message: "This conversation has as many members as it may have. Somebody has to leave.",
  },
  NOT_ALLOWED: {
    status: 403,
    message: "Your role in this conversation does not allow this. Ask its owner or an admin.",
  },
  NOT_FRIENDS: { status: 403, message: "You can do this with friends only. Invite them first." },
  MEMBER_UNKNOWN: { status: 404, message: "This conversation has no member with this id. List its members." },
  LINK_UNKNOWN: { status: 404, message: "This conversation has no such link. It may have run out." },
  LINK_INVALID: { status: 404, message: "This link is not valid, or no longer. Ask for another one." },
  TICKET_INVALID: { status: 401, message: "This ticket was used, or has run out after 30 s. Get another one." },
  SESSION_UNKNOWN: { status: 404, message: "You have no session with this id. It may have ended." },

  USER_UNKNOWN: { status: 404, message: "There is nobody with this name or id. Check it." },
  NOT_YOURSELF: { status: 400, message: "This is you. Name somebody else." },
  BLOCKED_BY_YOU: { status: 409, message: "You have blocked this person. Unblock them first." },
  FOLLOWING_TOO_MANY: { status: 409, message: "You follow as many people as one can. Unfollow somebody first." },
  FRIEND_UNKNOWN: { status: 404, message: "You have no friend with this id." },
  ALREADY_FRIENDS: { status: 409, message: "You are friends already: there is nothing to invite to." },
  ALREADY_MEMBER: { status: 409, message: "They are in this conversation already: there is nothing to invite to." },
  ALREADY_INVITED: { status: 409, message: "Somebody else has invited this person. Wait for their answer." },
  INVITE_UNKNOWN: { status: 404, message: "You have no invite with this id to answer, or to take back." },
  INVITE_CLOSED: {
    status: 410,
    message: "This invite was answered or taken back, has expired, or leads nowhere now. Another one can be sent.",
  },

  NOT_FOUND: { status: 404, message: "There is nothing at this path. See /chat-server/docs." },
  METHOD_NOT_ALLOWED: { status: 405, message: "This path does not take this method. See the `Allow` header." },
  UPGRADE_REQUIRED: { status: 426, message: "This path is a WebSocket. Connect with `Upgrade: websocket`." },

  TOO_MANY_REQUESTS: { status: 429, message: "Too many attempts. Wait as `Retry-After` says.", retryAfter: 60 },
  TOO_MANY_LINKS: { status: 409, message: "This conversation has as many links as it may have. Revoke one." },
  TOO_MANY_CONVERSATIONS: { status: 409, message: "You are in as many conversations as you may be. Leave one." },
  MEMBER_IN_TOO_MANY: {
    status: 409,
    message: "Somebody you named is in as many conversations as one may be. Leave them out.",
  },
  TOO_MANY_SOCKETS: { status: 429, message: "You have this chat open too many times. Close a tab or a device." },
  TOO_FAST: { status: 429, message: "You are going too fast. Wait a moment and try again.", retryAfter: 1 },
  OUTBOX_FULL: { status: 503, message: "The archive is behind. Try again in a minute.", retryAfter: 60 },
  UNAVAILABLE: { status: 503, message: "A service behind Duet is not answering. Try again shortly.", retryAfter: 5 },
  INTERNAL: { status: 500, message: "Something broke on our side. Try again; if it stays, report the request id." },
} as const satisfies Record<string, { status: number; message: string; retryAfter?: number }>;

export type ErrorCode = keyof typeof ERRORS;

/** A failure with a stable code. `worker/errors.ts` turns it into an HTTP answer, a socket turns it into a `nack`. */
export class DuetError extends Error {
  readonly code: ErrorCode;
  /** Paths of the offending fields; never their values. */
  readonly details: readonly string[] | undefined;
  /** Seconds to wait, where waiting helps. */
  readonly retryAfter: number | undefined;

  constructor(code: ErrorCode, more: { details?: readonly string[]; retryAfter?: number } = {}) {
    super(ERRORS[code].message);
    this.name = "DuetError";
    this.code = code;
    this.details = more.details;
    this.retryAfter = more.retryAfter ?? retryAfter(code);
  }
}

function retryAfter(code: ErrorCode): number | undefined {
  const error: { status: number; retryAfter?: number } = ERRORS[code];
  return error.retryAfter;
}

export function isRetryable(code: ErrorCode): boolean {
  return retryAfter(code) !== undefined;
}

export function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(ERRORS, text);
}

type Parsed<T> =
  | { success: true; data: T }
  | { success: false; error: { issues: readonly { path: PropertyKey[]; message: string }[] } };

/**
 * Takes the value out of a schema's verdict.
 *
 * Schemas in this folder carry an error code as the message of each check, so that a bad field has its own code.
 *
 * @throws DuetError with the first issue's code, or `BODY_INVALID` where a field is missing or of the wrong type
 */
export function unwrap<T>(parsed: Parsed<T>): T {
  if (parsed.success) return parsed.data;
  const [first] = parsed.error.issues;
  const code = first !== undefined && isErrorCode(first.message) ? first.message : "BODY_INVALID";
  throw new DuetError(code, { details: parsed.error.issues.map((issue) => issue.path.map(String).join(".")) });
}

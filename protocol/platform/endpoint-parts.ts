/** What many rows of the platform's tables have in common. */

/** Of every row that needs an account. */
export const ACCOUNT_ERRORS = ["UNAUTHENTICATED", "ORIGIN_FORBIDDEN", "UNAVAILABLE"] as const;
/** Of every list. */
export const PAGE_ERRORS = ["CURSOR_INVALID", "PAGE_LIMIT_INVALID"] as const;

export const EXAMPLE_ID = "7f3a1c52-4b0e-4a56-9d3c-2f1e8b6a9d10";
export const EXAMPLE_TIME = 1_763_632_800_000;
export const EXAMPLE_USER = { id: EXAMPLE_ID, email: "alice@test.com", username: "alice" };
export const EXAMPLE_ME = {
  ...EXAMPLE_USER,
  display_name: "Alice",
  email_verified: true,
  discoverable: false,
  created_at: EXAMPLE_TIME,
};
export const EXAMPLE_PERSON = { id: EXAMPLE_ID, username: "alice", display_name: "Alice" };

export const EXAMPLE_MESSAGE = {
  id: "m-1",
  seq: 1,
  conversation_id: EXAMPLE_ID,
  sender_id: EXAMPLE_ID,
  sender_username: "alice",
  content: "Hello!",
  type: "text",
  sent_at: EXAMPLE_TIME,
  reply_to: null,
  edited_at: null,
  deleted_at: null,
  reactions: {},
};

export const EXAMPLE_CONVERSATION = {
  id: EXAMPLE_ID,
  kind: "direct",
  name: null,
  role: "member",
  muted: false,
  open: true,
  created_at: EXAMPLE_TIME,
  member_count: 2,
  participant: { id: EXAMPLE_ID, username: "bob", display_name: "Bob", role: "member", joined_at: EXAMPLE_TIME },
  unread_count: 1,
  last_message: EXAMPLE_MESSAGE,
  epoch: "b3Zk",
  head: 1,
};

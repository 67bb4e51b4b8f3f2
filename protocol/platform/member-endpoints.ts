/** The endpoints about who belongs to a conversation: members, links, rooms. */
import { BODY_ERRORS, type Endpoint, NAME_ERRORS } from "../endpoint.ts";
import { API_V1 } from "../limits.ts";
import {
  AddMembersBody,
  Conversation,
  LinkBody,
  LinksPage,
  MembersPage,
  NewLink,
  RoleBody,
  RoomBody,
  RoomsPage,
} from "./conversations.ts";
import { ACCOUNT_ERRORS, EXAMPLE_CONVERSATION, EXAMPLE_ID, EXAMPLE_TIME, PAGE_ERRORS } from "./endpoint-parts.ts";
import { PageQuery } from "./page.ts";

const EXAMPLE_ROOM = { ...EXAMPLE_CONVERSATION, kind: "room", name: "Lobby", participant: null };
const EXAMPLE_MEMBER = {
  id: EXAMPLE_ID,
  username: "alice",
  display_name: "Alice",
  role: "owner",
  joined_at: EXAMPLE_TIME,
};
const EXAMPLE_LINK = {
  id: EXAMPLE_ID,
  created_by: EXAMPLE_ID,
  created_at: EXAMPLE_TIME,
  expires_at: EXAMPLE_TIME + 604_800_000,
  max_uses: 10,
  uses: 0,
};
const MEMBERS = { schema: MembersPage, example: { members: [EXAMPLE_MEMBER], next_cursor: null } };
/** Of rows that the table of permissions decides. */
const ROLE_ERRORS = ["CONVERSATION_UNKNOWN", "NOT_ALLOWED", "TOO_FAST", ...ACCOUNT_ERRORS] as const;
/** Of rows by which somebody joins. */
const JOIN_ERRORS = ["CONVERSATION_FULL", "TOO_MANY_CONVERSATIONS", "TOO_MANY_REQUESTS", ...ACCOUNT_ERRORS] as const;

export const MEMBER_ENDPOINTS = {
  members: {
    methods: ["GET"],
    path: `${API_V1}/conversations/:id/members`,
    visibility: "public",
    signedIn: "account",
    summary: "A conversation's members, longest first",
    query: PageQuery,
    answer: MEMBERS,
    errors: ["CONVERSATION_UNKNOWN", ...PAGE_ERRORS, ...ACCOUNT_ERRORS],
  },
  addMembers: {
    methods: ["POST"],
    path: `${API_V1}/conversations/:id/members`,
    visibility: "public",
    signedIn: "account",
    summary: "Add friends to a conversation",
    body: { schema: AddMembersBody, example: { account_ids: [EXAMPLE_ID] } },
    success: 204,
    errors: [...BODY_ERRORS, "NOT_FRIENDS", "NOT_YOURSELF", "CONVERSATION_FULL", "MEMBER_IN_TOO_MANY", ...ROLE_ERRORS],
  },
  changeMember: {
    methods: ["PATCH"],
    path: `${API_V1}/conversations/:id/members/:account_id`,
    visibility: "public",
    signedIn: "account",
    summary: "Give a member a role",
    description: "`owner` hands the conversation over; who did so is an admin then.",
    body: { schema: RoleBody, example: { role: "admin" } },
    success: 204,
    errors: [...BODY_ERRORS, "MEMBER_UNKNOWN", ...ROLE_ERRORS],
  },
  removeMember: {
    methods: ["DELETE"],
    path: `${API_V1}/conversations/:id/members/:account_id`,
    visibility: "public",
    signedIn: "account",
    summary: "Remove a member, or leave with `me`",
    description:
      "When the owner leaves, the one who has been there longest, admins first, is the owner. A group that everybody " +
      "has left is over, and its messages are deleted.",
    success: 204,
    errors: ["MEMBER_UNKNOWN", ...ROLE_ERRORS],
  },
  links: {
    methods: ["GET"],
    path: `${API_V1}/conversations/:id/links`,
    visibility: "public",
    signedIn: "account",
    summary: "The links to join a conversation by, newest first",
    query: PageQuery,
    answer: { schema: LinksPage, example: { links: [EXAMPLE_LINK], next_cursor: null } },
    errors: [...PAGE_ERRORS, "CONVERSATION_UNKNOWN", "NOT_ALLOWED", ...ACCOUNT_ERRORS],
  },
  createLink: {
    methods: ["POST"],
    path: `${API_V1}/conversations/:id/links`,
    visibility: "public",
    signedIn: "account",
    summary: "Make a link to join a conversation by",
    description: "`expires_in` is in seconds, a week unless something is said; without `max_uses` any number may join.",
    body: { schema: LinkBody, example: { expires_in: 604_800, max_uses: 10 } },
    success: 201,
    answer: { schema: NewLink, example: { ...EXAMPLE_LINK, token: "x".repeat(55) } },
    errors: [...BODY_ERRORS, "TOO_MANY_LINKS", "CONVERSATION_UNKNOWN", "NOT_ALLOWED", ...ACCOUNT_ERRORS],
  },
  revokeLink: {
    methods: ["DELETE"],
    path: `${API_V1}/conversations/:id/links/:link_id`,
    visibility: "public",
    signedIn: "account",
    summary: "Revoke a link",
    success: 204,
    errors: ["LINK_UNKNOWN", "CONVERSATION_UNKNOWN", "NOT_ALLOWED", ...ACCOUNT_ERRORS],
  },
  joinByLink: {
    methods: ["POST"],
    path: `${API_V1}/links/:token/join`,
    visibility: "public",
    signedIn: "account",
    summary: "Join a conversation by a link",
    answer: { schema: Conversation, example: EXAMPLE_CONVERSATION },
    errors: ["LINK_INVALID", "CONVERSATION_UNKNOWN", ...JOIN_ERRORS],
  },
  createRoom: {
    methods: ["POST"],
    path: `${API_V1}/rooms`,
    visibility: "public",
    signedIn: "account",
    summary: "Make a room, open to everybody who is logged in",
    body: { schema: RoomBody, example: { name: "Lobby" } },
    success: 201,
    answer: { schema: Conversation, example: EXAMPLE_ROOM },
    errors: [
      ...BODY_ERRORS,
      ...NAME_ERRORS,
      "TOO_MANY_CONVERSATIONS",
      "TOO_MANY_REQUESTS",
      "CONVERSATION_UNKNOWN",
      ...ACCOUNT_ERRORS,
    ],
  },
  rooms: {
    methods: ["GET"],
    path: `${API_V1}/rooms`,
    visibility: "public",
    signedIn: "account",
    summary: "All rooms, newest first",
    query: PageQuery,
    answer: {
      schema: RoomsPage,
      example: { rooms: [{ id: EXAMPLE_ID, name: "Lobby", created_at: EXAMPLE_TIME }], next_cursor: null },
    },
    errors: [...PAGE_ERRORS, ...ACCOUNT_ERRORS],
  },
  joinRoom: {
    methods: ["POST"],
    path: `${API_V1}/rooms/:id/join`,
    visibility: "public",
    signedIn: "account",
    summary: "Join a room",
    answer: { schema: Conversation, example: EXAMPLE_ROOM },
    errors: ["CONVERSATION_UNKNOWN", ...JOIN_ERRORS],
  },
  leaveRoom: {
    methods: ["POST"],
    path: `${API_V1}/rooms/:id/leave`,
    visibility: "public",
    signedIn: "account",
    summary: "Leave a room",
    success: 204,
    errors: ["CONVERSATION_UNKNOWN", "NOT_ALLOWED", "TOO_FAST", ...ACCOUNT_ERRORS],
  },
  present: {
    methods: ["GET"],
    path: `${API_V1}/rooms/:id/present`,
    visibility: "public",
    signedIn: "account",
    summary: "Who is in a room at this moment",
    query: PageQuery,
    answer: MEMBERS,
    errors: ["CONVERSATION_UNKNOWN", ...PAGE_ERRORS, ...ACCOUNT_ERRORS],
  },
} as const satisfies Record<string, Endpoint>;

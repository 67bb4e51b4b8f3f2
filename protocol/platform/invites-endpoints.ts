/** The endpoints about invites. */
import { BODY_ERRORS, type Endpoint } from "../endpoint.ts";
import { API_V1 } from "../limits.ts";
import { ACCOUNT_ERRORS, EXAMPLE_ID, EXAMPLE_PERSON, EXAMPLE_TIME, PAGE_ERRORS } from "./endpoint-parts.ts";
import { Invite, InviteBody, InvitesPage, InvitesQuery } from "./invites.ts";

const EXAMPLE_INVITE = {
  id: EXAMPLE_ID,
  kind: "friend",
  from: EXAMPLE_PERSON,
  to: { id: "0b7e1d1c-53a4-4f4e-8f57-6c6a0d1c9c11", username: "bob", display_name: "Bob" },
  conversation_id: null,
  conversation_name: null,
  email: null,
  status: "pending",
  created_at: EXAMPLE_TIME,
  expires_at: EXAMPLE_TIME + 2_592_000_000,
};
const ANSWER_ERRORS = ["INVITE_UNKNOWN", "INVITE_CLOSED"] as const;

export const INVITES_ENDPOINTS = {
  sendInvite: {
    methods: ["POST"],
    path: `${API_V1}/invites`,
    visibility: "public",
    signedIn: "account",
    summary: "Invite somebody: to be friends, into a group, or by email",
    description:
      "`kind` is `friend` (with `account_id`), `group` (with `account_id` and `conversation_id`) or `email` (with " +
      "`email`). An open invite of yours for the same is answered with 200. If they have invited you to be friends, " +
      "you are friends now, and their invite is the answer. To an address a mail goes; whoever has verified it in " +
      "their account finds the invite there. Nobody is told whether an address has an account.",
    body: { schema: InviteBody, example: { kind: "friend", account_id: EXAMPLE_ID } },
    success: 201,
    repeat: 200,
    answer: { schema: Invite, example: EXAMPLE_INVITE },
    errors: [
      ...BODY_ERRORS,
      "EMAIL_INVALID",
      "USER_UNKNOWN",
      "NOT_YOURSELF",
      "BLOCKED_BY_YOU",
      "ALREADY_FRIENDS",
      "ALREADY_MEMBER",
      "ALREADY_INVITED",
      "CONVERSATION_UNKNOWN",
      "NOT_ALLOWED",
      "TOO_MANY_REQUESTS",
      ...ACCOUNT_ERRORS,
    ],
  },
  invites: {
    methods: ["GET"],
    path: `${API_V1}/invites`,
    visibility: "public",
    signedIn: "account",
    summary: "The invites that you got, or sent, newest first",
    query: InvitesQuery,
    answer: { schema: InvitesPage, example: { invites: [EXAMPLE_INVITE], next_cursor: null } },
    errors: ["BODY_INVALID", ...PAGE_ERRORS, ...ACCOUNT_ERRORS],
  },
  acceptInvite: {
    methods: ["POST"],
    path: `${API_V1}/invites/:id/accept`,
    visibility: "public",
    signedIn: "account",
    summary: "Accept an invite that you got",
    description:
      "You are friends then, or in the group, before the answer comes. Doing it again changes nothing. It is " +
      "`INVITE_CLOSED` also when the group is gone, or who invited you may do so no longer.",
    answer: { schema: Invite, example: { ...EXAMPLE_INVITE, status: "accepted" } },
    errors: [...ANSWER_ERRORS, "CONVERSATION_FULL", "TOO_MANY_CONVERSATIONS", "TOO_FAST", ...ACCOUNT_ERRORS],
  },
  rejectInvite: {
    methods: ["POST"],
    path: `${API_V1}/invites/:id/reject`,
    visibility: "public",
    signedIn: "account",
    summary: "Reject an invite that you got",
    answer: { schema: Invite, example: { ...EXAMPLE_INVITE, status: "rejected" } },
    errors: [...ANSWER_ERRORS, ...ACCOUNT_ERRORS],
  },
  cancelInvite: {
    methods: ["DELETE"],
    path: `${API_V1}/invites/:id`,
    visibility: "public",
    signedIn: "account",
    summary: "Take back an invite that you sent",
    success: 204,
    errors: [...ANSWER_ERRORS, ...ACCOUNT_ERRORS],
  },
} as const satisfies Record<string, Endpoint>;

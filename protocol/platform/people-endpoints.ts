/** The endpoints about people: finding them, what they show of themselves, following and blocking them. */
import { BODY_ERRORS, type Endpoint, NAME_ERRORS } from "../endpoint.ts";
import { API_V1 } from "../limits.ts";
import { Me } from "./auth.ts";
import { ACCOUNT_ERRORS, EXAMPLE_ID, EXAMPLE_ME, EXAMPLE_PERSON, EXAMPLE_TIME, PAGE_ERRORS } from "./endpoint-parts.ts";
import { PageQuery } from "./page.ts";
import { BlocksPage, FriendsPage, PeoplePage, Profile, SearchQuery, SettingsBody } from "./people.ts";

const EXAMPLE_PEOPLE = { users: [EXAMPLE_PERSON], next_cursor: null };

export const PEOPLE_ENDPOINTS = {
  changeSettings: {
    methods: ["PATCH"],
    path: `${API_V1}/users/me`,
    visibility: "public",
    signedIn: "account",
    summary: "Change your display name, and whether a search may find you",
    description: "What is left out stays as it is.",
    body: { schema: SettingsBody, example: { display_name: "Alice", discoverable: true } },
    answer: { schema: Me, example: EXAMPLE_ME },
    errors: [...BODY_ERRORS, ...NAME_ERRORS, "TOO_MANY_REQUESTS", ...ACCOUNT_ERRORS],
  },
  // Before `profile`, whose pattern would match its path too.
  searchPeople: {
    methods: ["GET"],
    path: `${API_V1}/users/search`,
    visibility: "public",
    signedIn: "account",
    summary: "Find people by how their username begins",
    description: "Finds only those who want to be found, and nobody who has blocked you.",
    query: SearchQuery,
    answer: { schema: PeoplePage, example: EXAMPLE_PEOPLE },
    errors: [...PAGE_ERRORS, "TOO_MANY_REQUESTS", ...ACCOUNT_ERRORS],
  },
  profile: {
    methods: ["GET"],
    path: `${API_V1}/users/:username`,
    visibility: "public",
    signedIn: "account",
    summary: "Somebody's public profile",
    description: "By username or by id. Who has blocked you is unknown to you, as is whose account was deleted.",
    answer: {
      schema: Profile,
      example: { ...EXAMPLE_PERSON, is_friend: true, is_following: false, is_blocked: false },
    },
    errors: ["USER_UNKNOWN", ...ACCOUNT_ERRORS],
  },
  follow: {
    methods: ["PUT"],
    path: `${API_V1}/users/:id/follow`,
    visibility: "public",
    signedIn: "account",
    summary: "Follow somebody: their posts come into your feed",
    success: 204,
    errors: ["USER_UNKNOWN", "NOT_YOURSELF", "BLOCKED_BY_YOU", "FOLLOWING_TOO_MANY", ...ACCOUNT_ERRORS],
  },
  unfollow: {
    methods: ["DELETE"],
    path: `${API_V1}/users/:id/follow`,
    visibility: "public",
    signedIn: "account",
    summary: "Follow somebody no more",
    success: 204,
    errors: ["USER_UNKNOWN", "NOT_YOURSELF", ...ACCOUNT_ERRORS],
  },
  followers: {
    methods: ["GET"],
    path: `${API_V1}/users/:id/followers`,
    visibility: "public",
    signedIn: "account",
    summary: "Who follows somebody, newest first",
    query: PageQuery,
    answer: { schema: PeoplePage, example: EXAMPLE_PEOPLE },
    errors: ["USER_UNKNOWN", ...PAGE_ERRORS, ...ACCOUNT_ERRORS],
  },
  following: {
    methods: ["GET"],
    path: `${API_V1}/users/:id/following`,
    visibility: "public",
    signedIn: "account",
    summary: "Whom somebody follows, newest first",
    query: PageQuery,
    answer: { schema: PeoplePage, example: EXAMPLE_PEOPLE },
    errors: ["USER_UNKNOWN", ...PAGE_ERRORS, ...ACCOUNT_ERRORS],
  },
  block: {
    methods: ["PUT"],
    path: `${API_V1}/users/:id/block`,
    visibility: "public",
    signedIn: "account",
    summary: "Block somebody: to them, you are unknown",
    description: "Ends friendship, follows and open invites between the two of you. They are not told.",
    success: 204,
    errors: ["USER_UNKNOWN", "NOT_YOURSELF", ...ACCOUNT_ERRORS],
  },
  unblock: {
    methods: ["DELETE"],
    path: `${API_V1}/users/:id/block`,
    visibility: "public",
    signedIn: "account",
    summary: "Block somebody no more",
    description: "What the block has ended stays ended.",
    success: 204,
    errors: ["USER_UNKNOWN", "NOT_YOURSELF", ...ACCOUNT_ERRORS],
  },
  blocks: {
    methods: ["GET"],
    path: `${API_V1}/blocks`,
    visibility: "public",
    signedIn: "account",
    summary: "Whom you have blocked, newest first",
    query: PageQuery,
    answer: {
      schema: BlocksPage,
      example: { blocks: [{ id: EXAMPLE_ID, username: "alice", blocked_at: EXAMPLE_TIME }], next_cursor: null },
    },
    errors: [...PAGE_ERRORS, ...ACCOUNT_ERRORS],
  },
  friends: {
    methods: ["GET"],
    path: `${API_V1}/friends`,
    visibility: "public",
    signedIn: "account",
    summary: "Your friends, and whether they are there",
    query: PageQuery,
    answer: {
      schema: FriendsPage,
      example: {
        friends: [{ ...EXAMPLE_PERSON, friends_since: EXAMPLE_TIME, online: false, last_seen: EXAMPLE_TIME }],
        next_cursor: null,
      },
    },
    errors: [...PAGE_ERRORS, ...ACCOUNT_ERRORS],
  },
  removeFriend: {
    methods: ["DELETE"],
    path: `${API_V1}/friends/:id`,
    visibility: "public",
    signedIn: "account",
    summary: "End a friendship",
    success: 204,
    errors: ["FRIEND_UNKNOWN", ...ACCOUNT_ERRORS],
  },
} as const satisfies Record<string, Endpoint>;

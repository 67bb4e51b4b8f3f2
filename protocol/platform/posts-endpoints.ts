/** The endpoints about posts. */
import { BODY_ERRORS, type Endpoint } from "../endpoint.ts";
import { API_V1 } from "../limits.ts";
import { ACCOUNT_ERRORS, EXAMPLE_ID, EXAMPLE_PERSON, EXAMPLE_TIME, PAGE_ERRORS } from "./endpoint-parts.ts";
import { PageQuery } from "./page.ts";
import { Post, PostBody, PostsPage } from "./posts.ts";

const EXAMPLE_POST = { id: EXAMPLE_ID, author: EXAMPLE_PERSON, content: "Hello", created_at: EXAMPLE_TIME };
const EXAMPLE_POSTS = { posts: [EXAMPLE_POST], next_cursor: null };

export const POSTS_ENDPOINTS = {
  writePost: {
    methods: ["POST"],
    path: `${API_V1}/posts`,
    visibility: "public",
    signedIn: "account",
    summary: "Write a post",
    description: "Send the same `id` again after a lost answer: there is one post, and it is answered with 200.",
    body: { schema: PostBody, example: { content: "Hello" } },
    success: 201,
    repeat: 200,
    answer: { schema: Post, example: EXAMPLE_POST },
    errors: [
      ...BODY_ERRORS,
      "MESSAGE_EMPTY",
      "MESSAGE_TOO_LONG",
      "MESSAGE_CHARACTERS",
      "ID_CONFLICT",
      "TOO_MANY_REQUESTS",
      ...ACCOUNT_ERRORS,
    ],
  },
  deletePost: {
    methods: ["DELETE"],
    path: `${API_V1}/posts/:id`,
    visibility: "public",
    signedIn: "account",
    summary: "Delete one of your posts",
    success: 204,
    errors: ["POST_UNKNOWN", ...ACCOUNT_ERRORS],
  },
  posts: {
    methods: ["GET"],
    path: `${API_V1}/users/:id/posts`,
    visibility: "public",
    signedIn: "account",
    summary: "Somebody's posts, newest first",
    query: PageQuery,
    answer: { schema: PostsPage, example: EXAMPLE_POSTS },
    errors: ["USER_UNKNOWN", ...PAGE_ERRORS, ...ACCOUNT_ERRORS],
  },
  feed: {
    methods: ["GET"],
    path: `${API_V1}/feed`,
    visibility: "public",
    signedIn: "account",
    summary: "The posts of those whom you follow, newest first",
    query: PageQuery,
    answer: { schema: PostsPage, example: EXAMPLE_POSTS },
    errors: [...PAGE_ERRORS, ...ACCOUNT_ERRORS],
  },
} as const satisfies Record<string, Endpoint>;

/** Posts, and the feed that they make. */
import { needingPostgres } from "../../durable-objects/circuit-breaker.ts";
import {
  deletePost as storeDeletion,
  insertPost,
  listFeed,
  listPosts,
  type Post as PostRow,
} from "../../drizzle/posts.ts";
import { DuetError } from "../../protocol/errors.ts";
import { Uuid } from "../../protocol/platform/fields.ts";
import { PageQuery } from "../../protocol/platform/page.ts";
import { type Post, PostBody, type PostsPage } from "../../protocol/platform/posts.ts";
import { readBody, readQuery } from "../body.ts";
import type { AppContext } from "../context.ts";
import { limit as limitRate, storesOf } from "../stores.ts";
import { readCursor, TimeCursor, toPage } from "./page.ts";
import { requirePerson, toPerson } from "./people.ts";
import { callerOf } from "./require-account.ts";

export async function writePost(c: AppContext) {
  const { accountId: authorId } = callerOf(c);
  const { content, id = crypto.randomUUID() } = await readBody(c, PostBody);
  const stores = storesOf(c.env);
  await limitRate(stores.posts, authorId);
  const stored = await needingPostgres(() => insertPost(stores.db, { id, authorId, content }));
  if (!stored) throw new DuetError("ID_CONFLICT");
  return c.json(toPost(stored.post), stored.isNew ? 201 : 200);
}

export async function deletePost(c: AppContext) {
  const { accountId } = callerOf(c);
  const id = Uuid.safeParse(c.req.param("id"));
  const { db } = storesOf(c.env);
  if (!id.success || !(await needingPostgres(() => storeDeletion(db, accountId, id.data)))) {
    throw new DuetError("POST_UNKNOWN");
  }
  return c.body(null, 204);
}

export async function posts(c: AppContext) {
  const { limit, after } = readPage(c);
  const { id } = await requirePerson(c, c.req.param("id"));
  const rows = await needingPostgres(() => listPosts(storesOf(c.env).db, id, limit + 1, after));
  return c.json(toPostsPage(rows, limit));
}

export async function feed(c: AppContext) {
  const { accountId } = callerOf(c);
  const { limit, after } = readPage(c);
  const rows = await needingPostgres(() => listFeed(storesOf(c.env).db, accountId, limit + 1, after));
  return c.json(toPostsPage(rows, limit));
}

function readPage(c: AppContext) {
  const { limit, cursor } = readQuery(c, PageQuery);
  return { limit, after: readCursor(TimeCursor, cursor) };
}

function toPostsPage(rows: readonly PostRow[], limit: number): PostsPage {
  const { items, nextCursor } = toPage(rows, limit, ({ createdAt, id }) => [createdAt.getTime(), id]);
  return { posts: items.map(toPost), next_cursor: nextCursor };
}

function toPost({ id, author, content, createdAt }: PostRow): Post {
  return { id, author: toPerson(author), content, created_at: createdAt.getTime() };
}

/** What people write, and what one reads of it. */
import { and, eq, isNull, sql } from "drizzle-orm";
import { accounts } from "./accounts-schema.ts";
import type { Db } from "./client.ts";
import { follows } from "./follows-schema.ts";
import { newestFirst, olderThan, type TimeKey } from "./keyset.ts";
import { type Person, personColumns } from "./people.ts";
import { posts } from "./posts-schema.ts";

export interface Post {
  id: string;
  content: string;
  createdAt: Date;
  author: Person;
}

const postColumns = { id: posts.id, content: posts.content, createdAt: posts.createdAt, author: personColumns };

/**
 * Stores a post, unless there is one with this id: then it is compared.
 *
 * @returns the post, and whether it is new; undefined when the id stands for something else, or the author was deleted
 */
export async function insertPost(
  db: Db,
  { id, authorId, content }: { id: string; authorId: string; content: string },
): Promise<{ post: Post; isNew: boolean } | undefined> {
  const [inserted, [post]] = await db.batch([
    // The lock makes an account's deletion wait, and then find this post.
    db.execute(sql`
      insert into ${posts} (id, author_id, content, created_at)
      select ${id}::uuid, id, ${content}, now() from ${accounts}
      where id = ${authorId} and deleted_at is null for share
      on conflict do nothing
      returning id`),
    db
      .select(postColumns)
      .from(posts)
      .innerJoin(accounts, eq(accounts.id, posts.authorId))
      .where(and(eq(posts.id, id), eq(posts.authorId, authorId), eq(posts.content, content), isNull(posts.deletedAt))),
  ]);
  return post && { post, isNew: inserted.rows.length > 0 };
}

/** @returns whether there was such a post of this author */
export async function deletePost(db: Db, authorId: string, id: string): Promise<boolean> {
  const rows = await db
    .update(posts)
    .set({ content: "", deletedAt: sql`now()` })
    .where(and(eq(posts.id, id), eq(posts.authorId, authorId), isNull(posts.deletedAt)))
    .returning({ id: posts.id });
  return rows.length > 0;
}

/**
 * An author's posts, newest first.
 *
 * @param limit - posts at the most
 */
export async function listPosts(db: Db, authorId: string, limit: number, after?: TimeKey): Promise<Post[]> {
  return db
    .select(postColumns)
    .from(posts)
    .innerJoin(accounts, eq(accounts.id, posts.authorId))
    .where(and(eq(posts.authorId, authorId), isNull(posts.deletedAt), olderThan(posts.createdAt, posts.id, after)))
    .orderBy(...newestFirst(posts.createdAt, posts.id))
    .limit(limit);
}

/**
 * The posts of those whom somebody follows, newest first: of each author no more than fit on the page are looked at.
 *
 * @param limit - posts at the most
 */
export async function listFeed(db: Db, followerId: string, limit: number, after?: TimeKey): Promise<Post[]> {
  const newest = db
    .select()
    .from(posts)
    .where(
      and(eq(posts.authorId, follows.followedId), isNull(posts.deletedAt), olderThan(posts.createdAt, posts.id, after)),
    )
    .orderBy(...newestFirst(posts.createdAt, posts.id))
    .limit(limit)
    .as("newest");
  return db
    .select({ id: newest.id, content: newest.content, createdAt: newest.createdAt, author: personColumns })
    .from(follows)
    .crossJoinLateral(newest)
    .innerJoin(accounts, eq(accounts.id, newest.authorId))
    .where(eq(follows.followerId, followerId))
    .orderBy(...newestFirst(newest.createdAt, newest.id))
    .limit(limit);
}

/** Posts and the feed. */
import { eq } from "drizzle-orm";
import * as z from "zod/mini";
import { describe, expect, it } from "vitest";
import { posts } from "../../../drizzle/posts-schema.ts";
import { stopClock } from "../outage.ts";
import { failure } from "../pair.ts";
import { breakStore, db } from "../stores.ts";
import { api, type Person, signUp, statusesOf } from "./people.ts";
import { all, block, deleteAccount, follow, post, USER_UNKNOWN } from "./social.ts";

const Content = z.object({ content: z.string() });

async function contentsIn(viewer: Person, path: string, limit = 100): Promise<string[]> {
  return (await all(viewer, path, Content, limit)).items.map(({ content }) => content);
}

function write({ token }: Person, json: unknown) {
  return api("POST", "/posts", { token, json });
}

function remove({ token }: Person, id: string) {
  return api("DELETE", `/posts/${id}`, { token });
}

describe("a post", () => {
  it("[POST-1] is there for everybody once it is answered, with its author", async () => {
    const [author, reader] = [await signUp(), await signUp()];
    const written = await post(author, "Hello\n👋");
    expect(written).toEqual({
      id: expect.any(String),
      author: { id: author.id, username: author.username, display_name: author.username },
      content: "Hello\n👋",
      created_at: expect.any(Number),
    });
    const page = await api("GET", `/users/${author.id}/posts`, { token: reader.token });
    expect(await page.json()).toEqual({ posts: [written], next_cursor: null });
  });

  it.each([
    ["MESSAGE_EMPTY", { content: " \n" }],
    ["MESSAGE_TOO_LONG", { content: "x".repeat(4_001) }],
    ["MESSAGE_CHARACTERS", { content: "a\0b" }],
    ["BODY_INVALID", {}],
    ["BODY_INVALID", { content: 7 }],
    ["BODY_INVALID", { content: "Hello", id: "1" }],
  ])("[POST-1] is refused with %s: %j", async (code, json) => {
    const author = await signUp();
    expect(await failure(await write(author, json))).toEqual({ status: 400, code });
    expect(await contentsIn(author, `/users/${author.id}/posts`)).toEqual([]);
  });

  it("[POST-2] sent again under its id is the same post, also at once; another text is ID_CONFLICT", async () => {
    const [author, other] = [await signUp(), await signUp()];
    const json = { id: crypto.randomUUID(), content: "Once" };
    const answers = await Promise.all([1, 2, 3].map(() => write(author, json)));
    expect(statusesOf(answers)).toEqual([200, 200, 201]);
    const bodies = await Promise.all(answers.map((answer) => answer.json()));
    expect(bodies).toEqual([bodies[0], bodies[0], bodies[0]]);
    const conflict = { status: 409, code: "ID_CONFLICT" };
    expect(await failure(await write(author, { ...json, content: "Twice" }))).toEqual(conflict);
    expect(await failure(await write(other, json))).toEqual(conflict);
    await remove(author, json.id);
    expect(await failure(await write(author, json))).toEqual(conflict);
    expect(await contentsIn(author, `/users/${author.id}/posts`)).toEqual([]);
  });

  it("[POST-3] is deleted by its author alone, once, and its text is gone from Postgres", async () => {
    const [author, other] = [await signUp(), await signUp()];
    const { id } = await post(author, "Gone");
    await post(author, "Stays");
    const unknown = { status: 404, code: "POST_UNKNOWN" };
    for (const wrong of [id, "x", crypto.randomUUID()]) {
      expect(await failure(await remove(other, wrong))).toEqual(unknown);
    }
    const answers = await Promise.all([remove(author, id), remove(author, id)]);
    expect(statusesOf(answers)).toEqual([204, 404]);
    expect(await contentsIn(other, `/users/${author.id}/posts`)).toEqual(["Stays"]);
    const [row] = await db.select().from(posts).where(eq(posts.id, id));
    expect(row).toMatchObject({ content: "" });
  });

  it("[POST-5] can be written 30 times a minute by an account, and not without Redis or Postgres", async () => {
    stopClock();
    const author = await signUp();
    for (const store of ["redis", "postgres"] as const) {
      const repair = breakStore(store);
      expect(await failure(await write(author, { content: "Hello" }))).toEqual({ status: 503, code: "UNAVAILABLE" });
      repair();
    }
    const statuses = [];
    for (let count = 0; count < 32; count += 1) statuses.push((await write(author, { content: "Hello" })).status);
    expect(statuses.slice(0, 29)).toEqual(Array.from({ length: 29 }, () => 201));
    expect(statuses).toContain(429);
  });
});

describe("the feed", () => {
  it("[POST-4] has the posts of those whom one follows, newest first, and nobody else's", async () => {
    const [reader, a, b, stranger] = [await signUp(), await signUp(), await signUp(), await signUp()];
    for (const followed of [a, b]) await follow(reader, followed);
    const writers = [a, stranger, b, a, reader, b];
    for (const [index, writer] of writers.entries()) await post(writer, `post ${index}`);
    const expected = ["post 5", "post 3", "post 2", "post 0"];
    for (const limit of [1, 2, 3, 4, 5]) expect(await contentsIn(reader, "/feed", limit)).toEqual(expected);
    await api("DELETE", `/users/${b.id}/follow`, { token: reader.token });
    expect(await contentsIn(reader, "/feed")).toEqual(["post 3", "post 0"]);
  });

  it.each(["feed", "posts"])("[POST-4] pages of the %s are stable while posts come and go", async (list) => {
    const [reader, author] = [await signUp(), await signUp()];
    await follow(reader, author);
    const written = [];
    for (const index of [0, 1, 2, 3, 4, 5]) written.push(await post(author, `post ${index}`));
    // Three of the same moment.
    await db.update(posts).set({ createdAt: new Date() }).where(eq(posts.authorId, author.id));
    const path = list === "feed" ? "/feed" : `/users/${author.id}/posts`;
    const before = await contentsIn(reader, path);
    const first = await api("GET", `${path}?limit=2`, { token: reader.token });
    const { next_cursor: cursor } = await first.json<{ next_cursor: string }>();
    await post(author, "new");
    const [last, third] = [before[1], before[3]];
    for (const { id } of written.filter(({ content }) => content === last || content === third)) {
      expect((await remove(author, id)).status).toBe(204);
    }
    const rest = await api("GET", `${path}?cursor=${cursor}`, { token: reader.token });
    const expected = [before[2], before[4], before[5]].map((content) => ({ content }));
    expect(await rest.json()).toMatchObject({ posts: expected, next_cursor: null });
    expect((await contentsIn(reader, path))[0]).toBe("new");
  });
});

describe("posts and blocking", () => {
  it("[BLOCK-1] who has blocked one shows no posts, and is in no feed", async () => {
    const [author, reader] = [await signUp(), await signUp()];
    await follow(reader, author);
    await post(author, "Hello");
    expect(await contentsIn(reader, "/feed")).toEqual(["Hello"]);
    await block(author, reader);
    expect(await contentsIn(reader, "/feed")).toEqual([]);
    const answer = await api("GET", `/users/${author.id}/posts`, { token: reader.token });
    expect(await failure(answer)).toEqual(USER_UNKNOWN);
  });

  it("[ACC-2] a deleted account's posts are gone, also one that was under way", async () => {
    const [author, reader] = [await signUp(), await signUp()];
    await follow(reader, author);
    await post(author, "Hello");
    await Promise.all([write(author, { content: "Late" }), deleteAccount(author), write(author, { content: "Later" })]);
    expect(await contentsIn(reader, "/feed")).toEqual([]);
    expect(await db.select().from(posts).where(eq(posts.authorId, author.id))).toEqual([]);
  });
});

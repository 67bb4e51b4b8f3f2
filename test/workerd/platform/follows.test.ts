/** Following people. */
import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { describe, expect, it, onTestFinished } from "vitest";
import { accounts } from "../../../drizzle/accounts-schema.ts";
import { follows } from "../../../drizzle/follows-schema.ts";
import { storesOf } from "../../../worker/stores.ts";
import { failure } from "../pair.ts";
import { db } from "../stores.ts";
import { api, type Person, signUp, statusesOf } from "./people.ts";
import { block, deleteAccount, follow, idsIn, unblock, USER_UNKNOWN } from "./social.ts";

function unfollow({ token }: Person, { id }: { id: string }) {
  return api("DELETE", `/users/${id}/follow`, { token });
}

function following(person: Person, viewer = person) {
  return idsIn(viewer, `/users/${person.id}/following`);
}

function followers(person: Person, viewer = person) {
  return idsIn(viewer, `/users/${person.id}/followers`);
}

describe("following", () => {
  it("[FOLLOW-1] goes one way, for everybody to see, and ends", async () => {
    const [a, b, viewer] = [await signUp(), await signUp(), await signUp()];
    for (const _ of [1, 2]) expect((await follow(a, b)).status).toBe(204);
    expect(await following(a, viewer)).toEqual([b.id]);
    expect(await followers(b, viewer)).toEqual([a.id]);
    expect(await following(b)).toEqual([]);
    for (const _ of [1, 2]) expect((await unfollow(a, b)).status).toBe(204);
    expect(await following(a)).toEqual([]);
    expect(await followers(b)).toEqual([]);
  });

  it("[FOLLOW-1] many times at once is following once", async () => {
    const [a, b] = [await signUp(), await signUp()];
    expect(statusesOf(await Promise.all([1, 2, 3, 4].map(() => follow(a, b))))).toEqual([204, 204, 204, 204]);
    expect(await db.select().from(follows).where(eq(follows.followerId, a.id))).toHaveLength(1);
  });

  it("[FOLLOW-1] oneself, who never was, or was deleted, is refused", async () => {
    const [a, gone] = [await signUp(), await signUp()];
    await deleteAccount(gone);
    for (const request of [follow, unfollow]) {
      for (const id of [a.id, a.id.toUpperCase()]) {
        expect(await failure(await request(a, { id }))).toEqual({ status: 400, code: "NOT_YOURSELF" });
      }
      for (const id of [gone.id, crypto.randomUUID(), "me", gone.username, "x".repeat(5_000)]) {
        expect(await failure(await request(a, { id }))).toEqual(USER_UNKNOWN);
      }
    }
  });

  it("[FOLLOW-2] is listed newest first, over pages, without gap or repeat while people come and go", async () => {
    const star = await signUp();
    const fans = [await signUp(), await signUp(), await signUp(), await signUp()];
    for (const fan of fans) await follow(fan, star);
    // Two of the same moment: their ids decide.
    await db.update(follows).set({ createdAt: new Date() }).where(eq(follows.followedId, star.id));
    const expected = fans
      .map(({ id }) => id)
      .toSorted()
      .toReversed();
    for (const limit of [1, 2, 3, 4]) {
      expect(await idsIn(star, `/users/${star.id}/followers`, limit)).toEqual(expected);
    }
    const path = `/users/${star.id}/followers?limit=2`;
    const first = await (await api("GET", path, { token: star.token })).json<{ next_cursor: string }>();
    await follow(await signUp(), star);
    await api("DELETE", `/users/${star.id}/follow`, { token: fans.find(({ id }) => id === expected[0])?.token });
    const second = await api("GET", `${path}&cursor=${first.next_cursor}`, { token: star.token });
    expect(await second.json()).toMatchObject({ users: expected.slice(2).map((id) => ({ id })), next_cursor: null });
  });

  it("[LIST-2] a cursor of another list, or made up, is CURSOR_INVALID and harms nobody", async () => {
    const { id, token } = await signUp();
    for (const key of [[id], [id, 1], [-1, id], [8e15, id], [8_640_000_000_000_000, id], [1e300, id], [1, "x"], {}]) {
      const cursor = btoa(JSON.stringify(key));
      const answer = await api("GET", `/users/${id}/followers?cursor=${cursor}`, { token });
      expect(await failure(answer)).toEqual({ status: 400, code: "CURSOR_INVALID" });
    }
    // The newest and the oldest moment that a cursor can name are asked of Postgres.
    for (const time of [0, Date.UTC(9999, 11, 31)]) {
      const cursor = btoa(JSON.stringify([time, id]));
      expect((await api("GET", `/users/${id}/followers?cursor=${cursor}`, { token })).status).toBe(200);
    }
  });

  it("[FOLLOW-3] ends at a number of people, and goes on where one is left out", async () => {
    const { limits } = storesOf(env);
    limits.FOLLOWED_PER_ACCOUNT = 2;
    onTestFinished(() => {
      limits.FOLLOWED_PER_ACCOUNT = 5_000;
    });
    const a = await signUp();
    const others = [await signUp(), await signUp(), await signUp()] as const;
    for (const other of others.slice(0, 2)) expect((await follow(a, other)).status).toBe(204);
    expect(await failure(await follow(a, others[2]))).toEqual({ status: 409, code: "FOLLOWING_TOO_MANY" });
    expect((await follow(a, others[1])).status).toBe(204);
    await unfollow(a, others[0]);
    expect((await follow(a, others[2])).status).toBe(204);
  });
});

describe("following and blocking", () => {
  it("[BLOCK-2] a block ends follows both ways; they don't come back with its end", async () => {
    const [a, b] = [await signUp(), await signUp()];
    await Promise.all([follow(a, b), follow(b, a)]);
    expect((await block(a, b)).status).toBe(204);
    for (const person of [a, b]) {
      expect(await following(person)).toEqual([]);
      expect(await followers(person)).toEqual([]);
    }
    expect(await failure(await follow(b, a))).toEqual(USER_UNKNOWN);
    expect(await failure(await follow(a, b))).toEqual({ status: 409, code: "BLOCKED_BY_YOU" });
    expect((await unblock(a, b)).status).toBe(204);
    expect(await following(b)).toEqual([]);
    expect((await follow(b, a)).status).toBe(204);
  });

  it("[BLOCK-2] raced: whoever comes first, nobody follows whom they are blocked by", async () => {
    for (let round = 0; round < 4; round += 1) {
      const [a, b] = [await signUp(), await signUp()];
      const requests = [() => block(a, b), () => follow(b, a), () => follow(a, b)];
      if (round % 2 === 1) requests.reverse();
      await Promise.all(requests.map((request) => request()));
      expect(await followers(a)).toEqual([]);
      expect(await following(a)).toEqual([]);
    }
  });

  it("[BLOCK-1] who has blocked one is in no list that one sees", async () => {
    const [star, fan, viewer] = [await signUp(), await signUp(), await signUp()];
    await follow(fan, star);
    await block(fan, viewer);
    expect(await followers(star, viewer)).toEqual([]);
    expect(await followers(star)).toEqual([fan.id]);
  });

  it("[ACC-2] a deleted account follows nobody, and nobody follows it, also raced", async () => {
    const [a, b] = [await signUp(), await signUp()];
    await follow(a, b);
    await Promise.all([follow(b, a), deleteAccount(a)]);
    expect(await following(b)).toEqual([]);
    expect(await followers(b)).toEqual([]);
    expect(await db.select().from(follows).where(eq(follows.followedId, a.id))).toEqual([]);
    expect(await db.select().from(accounts).where(eq(accounts.id, a.id))).toHaveLength(1);
  });
});

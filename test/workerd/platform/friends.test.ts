/** Friends and blocks. */
import { eq, or } from "drizzle-orm";
import { describe, expect, it, vi } from "vitest";
import { blocks } from "../../../drizzle/blocks-schema.ts";
import { friendships } from "../../../drizzle/friends-schema.ts";
import { areFriends } from "../../../drizzle/friends.ts";
import { Inbox } from "../../../durable-objects/inbox/inbox.ts";
import type { InboxEvent } from "../../../protocol/platform/inbox-events.ts";
import { failure } from "../pair.ts";
import { db } from "../stores.ts";
import { api, type Person, signUp, statusesOf } from "./people.ts";
import {
  accept,
  askToBeFriends,
  befriend,
  block,
  deleteAccount,
  friendsOf,
  idsIn,
  invite,
  invitesOf,
  listen,
  unblock,
  USER_UNKNOWN,
} from "./social.ts";

function remove({ token }: Person, { id }: { id: string }) {
  return api("DELETE", `/friends/${id}`, { token });
}

function friendshipsOf({ id }: Person) {
  return db
    .select()
    .from(friendships)
    .where(or(eq(friendships.low, id), eq(friendships.high, id)));
}

/** What somebody was told of ended friendships; news of their beginning may still be on its way. */
function endsIn(events: readonly InboxEvent[]): InboxEvent[] {
  return events.filter((event) => event.type === "friend" && event.state === "removed");
}

const FRIEND_UNKNOWN = { status: 404, code: "FRIEND_UNKNOWN" };

describe("friends", () => {
  it("[FRIEND-1] are listed to both, with since when and whether they are there", async () => {
    const [a, b] = [await signUp(), await signUp()];
    await befriend(a, b);
    const presence = vi.spyOn(Inbox.prototype, "presence");
    presence.mockReturnValueOnce({ online: true, last_seen: null });
    const answer = await api("GET", "/friends", { token: a.token });
    const person = { id: b.id, username: b.username, display_name: b.username };
    expect(await answer.json()).toEqual({
      friends: [{ ...person, friends_since: expect.any(Number), online: true, last_seen: null }],
      next_cursor: null,
    });
    presence.mockImplementationOnce(() => {
      throw new Error("unreachable");
    });
    const away = await api("GET", "/friends", { token: b.token });
    expect(await away.json()).toMatchObject({ friends: [{ id: a.id, online: false, last_seen: null }] });
    presence.mockRestore();
    expect(await areFriends(db, a.id, [b.id])).toBe(true);
    expect(await areFriends(db, b.id, [a.id, a.id])).toBe(true);
    expect(await areFriends(db, a.id, [b.id, a.id])).toBe(false);
    expect(await areFriends(db, a.id, [])).toBe(true);
  });

  it("[FRIEND-1] come in pages, whichever side of the row they are on", async () => {
    const [person, ...others] = [await signUp(), await signUp(), await signUp(), await signUp(), await signUp()];
    for (const other of others) await befriend(other, person);
    const expected = others.map(({ id }) => id).toSorted();
    for (const limit of [1, 2, 3, 4, 5]) expect(await idsIn(person, "/friends", limit)).toEqual(expected);
  });

  it("[FRIEND-2] end by either's wish, for both, and both are told", async () => {
    const [a, b] = [await signUp(), await signUp()];
    await befriend(a, b);
    const { eventsOf } = listen();
    expect((await remove(b, a)).status).toBe(204);
    expect(await friendsOf(a)).toEqual([]);
    expect(await friendsOf(b)).toEqual([]);
    const removed = { type: "friend", state: "removed" };
    await expect.poll(() => endsIn(eventsOf(a))).toEqual([{ ...removed, account_id: b.id, username: b.username }]);
    await expect.poll(() => endsIn(eventsOf(b))).toEqual([{ ...removed, account_id: a.id, username: a.username }]);
    for (const id of [a.id, b.id, crypto.randomUUID(), "x"]) {
      expect(await failure(await remove(b, { id }))).toEqual(FRIEND_UNKNOWN);
    }
  });

  it("[FRIEND-2] raced: two who end it at once are told so once each", async () => {
    const [a, b] = [await signUp(), await signUp()];
    await befriend(a, b);
    const { eventsOf } = listen();
    expect(statusesOf(await Promise.all([remove(a, b), remove(b, a), remove(a, b)]))).toEqual([204, 404, 404]);
    await expect.poll(() => endsIn(eventsOf(a))).toHaveLength(1);
    await expect.poll(() => endsIn(eventsOf(b))).toHaveLength(1);
  });

  it("[FRIEND-2] that were, become friends again by a new invite only", async () => {
    const [a, b] = [await signUp(), await signUp()];
    const old = await invite(a, b);
    await accept(b, old);
    await remove(a, b);
    // A repeat of the request, answered as it was: it changes nothing.
    expect((await accept(b, old)).status).toBe(200);
    expect(await friendsOf(a)).toEqual([]);
    await befriend(b, a);
    expect(await friendsOf(a)).toEqual([b.id]);
  });

  it("[ACC-2] a deleted account is nobody's friend, also one that was just becoming it; friends are told", async () => {
    const [a, b, gone] = [await signUp(), await signUp(), await signUp()];
    await befriend(a, gone);
    const { eventsOf } = listen();
    const pending = await invite(gone, b);
    await Promise.all([accept(b, pending), deleteAccount(gone)]);
    for (const person of [a, b, gone]) expect(await friendshipsOf(person)).toEqual([]);
    const removed = { type: "friend", account_id: gone.id, username: gone.username, state: "removed" };
    await expect.poll(() => endsIn(eventsOf(a))).toEqual([removed]);
  });
});

describe("a block", () => {
  it("[BLOCK-2] ends friendship and open invites, both ways, and who is blocked is told only of the friendship", async () => {
    const [a, b] = [await signUp(), await signUp()];
    await befriend(a, b);
    const { eventsOf } = listen();
    expect((await block(a, b)).status).toBe(204);
    for (const person of [a, b]) expect(await friendshipsOf(person)).toEqual([]);
    await expect
      .poll(() => endsIn(eventsOf(b)))
      .toEqual([{ type: "friend", account_id: a.id, username: a.username, state: "removed" }]);
    const [c, d] = [await signUp(), await signUp()];
    const sent = await invite(c, d);
    await expect.poll(() => eventsOf(c)).toEqual([{ type: "invite", invite: sent }]);
    await block(d, c);
    expect(await invitesOf(c, "sent")).toEqual([]);
    expect(await invitesOf(d)).toMatchObject([{ id: sent.id, status: "cancelled" }]);
    expect(await failure(await accept(d, sent))).toEqual({ status: 410, code: "INVITE_CLOSED" });
    expect(eventsOf(c)).toHaveLength(1);
    await unblock(d, c);
    expect(await invitesOf(c, "sent")).toMatchObject([{ id: sent.id, status: "cancelled" }]);
  });

  it("[BLOCK-2] raced with what would begin: nothing stays", async () => {
    for (let round = 0; round < 4; round += 1) {
      const [a, b] = [await signUp(), await signUp()];
      const pending = await invite(a, b);
      const requests = [() => block(a, b), () => accept(b, pending), () => askToBeFriends(b, a)];
      if (round % 2 === 1) requests.reverse();
      await Promise.all(requests.map((request) => request()));
      expect(await friendshipsOf(a)).toEqual([]);
      for (const person of [a, b]) {
        for (const direction of ["sent", "received"] as const) {
          const open = (await invitesOf(person, direction)).filter(({ status }) => status === "pending");
          expect(open).toEqual([]);
        }
      }
    }
  });

  it("[BLOCK-3] is listed to who did it, newest first, over pages, and ends by their wish", async () => {
    const a = await signUp();
    const others = [await signUp(), await signUp(), await signUp()] as const;
    for (const other of others) for (const _ of [1, 2]) expect((await block(a, other)).status).toBe(204);
    const expected = others.map(({ id }) => id).toReversed();
    for (const limit of [1, 2, 3]) expect(await idsIn(a, "/blocks", limit)).toEqual(expected);
    for (const _ of [1, 2]) expect((await unblock(a, others[1])).status).toBe(204);
    expect(await idsIn(a, "/blocks")).toEqual([expected[0], expected[2]]);
    expect(await idsIn(others[0], "/blocks")).toEqual([]);
  });

  it("[BLOCK-3] of oneself, who never was, or was deleted, is refused", async () => {
    const [a, gone] = [await signUp(), await signUp()];
    await block(a, gone);
    await deleteAccount(gone);
    expect(await idsIn(a, "/blocks")).toEqual([]);
    for (const request of [block, unblock]) {
      expect(await failure(await request(a, a))).toEqual({ status: 400, code: "NOT_YOURSELF" });
      for (const id of [gone.id, crypto.randomUUID(), "x"]) {
        expect(await failure(await request(a, { id }))).toEqual(USER_UNKNOWN);
      }
    }
  });

  it("[BLOCK-3] raced: many at once are one, and of two who block each other one or both do", async () => {
    const [a, b] = [await signUp(), await signUp()];
    expect(statusesOf(await Promise.all([1, 2, 3].map(() => block(a, b))))).toEqual([204, 204, 204]);
    expect(await db.select().from(blocks).where(eq(blocks.blockerId, a.id))).toHaveLength(1);
    const [c, d] = [await signUp(), await signUp()];
    const answers = await Promise.all([block(c, d), block(d, c)]);
    const blocked = answers.map(({ status }) => status === 204);
    expect(blocked).toContain(true);
    expect(await idsIn(c, "/blocks")).toEqual(blocked[0] ? [d.id] : []);
    expect(await idsIn(d, "/blocks")).toEqual(blocked[1] ? [c.id] : []);
  });

  it("[BLOCK-3] ends also when the other has blocked one since, who is unknown otherwise", async () => {
    const [a, b] = [await signUp(), await signUp()];
    await db.insert(blocks).values([
      { blockerId: a.id, blockedId: b.id, createdAt: new Date() },
      { blockerId: b.id, blockedId: a.id, createdAt: new Date() },
    ]);
    expect((await unblock(a, b)).status).toBe(204);
    expect(await failure(await unblock(a, b))).toEqual(USER_UNKNOWN);
    expect(await idsIn(a, "/blocks")).toEqual([]);
    expect(await idsIn(b, "/blocks")).toEqual([a.id]);
  });

  it("[BLOCK-4] who has blocked somebody can't invite them before the block ends", async () => {
    const [a, b] = [await signUp(), await signUp()];
    await block(a, b);
    expect(await failure(await askToBeFriends(a, b))).toEqual({ status: 409, code: "BLOCKED_BY_YOU" });
    expect(await failure(await askToBeFriends(b, a))).toEqual(USER_UNKNOWN);
    await unblock(a, b);
    expect((await askToBeFriends(a, b)).status).toBe(201);
  });
});

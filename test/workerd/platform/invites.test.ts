/** Invites to be friends: how they go, and that there is one at a time. */
import { eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { invites } from "../../../drizzle/invites-schema.ts";
import { failure } from "../pair.ts";
import { db } from "../stores.ts";
import { api, signUp, statusesOf } from "./people.ts";
import {
  accept,
  askToBeFriends,
  befriend,
  cancel,
  deleteAccount,
  friendsOf,
  invite,
  invitesOf,
  listen,
  reject,
  USER_UNKNOWN,
} from "./social.ts";

const INVITE_UNKNOWN = { status: 404, code: "INVITE_UNKNOWN" };
const INVITE_CLOSED = { status: 410, code: "INVITE_CLOSED" };
const DAY = 86_400_000;

/** Lets the time of an invite run out. */
async function expire({ id }: { id: string }): Promise<void> {
  await db
    .update(invites)
    .set({ expiresAt: new Date(Date.now() - 1_000) })
    .where(eq(invites.id, id));
}

describe("an invite to be friends", () => {
  it("[INVITE-1] is pending for both until it is accepted: then they are friends, and both are told", async () => {
    const [a, b] = [await signUp(), await signUp()];
    const { eventsOf } = listen();
    const sent = await invite(a, b);
    expect(sent).toEqual({
      id: expect.any(String),
      kind: "friend",
      from: { id: a.id, username: a.username, display_name: a.username },
      to: { id: b.id, username: b.username, display_name: b.username },
      conversation_id: null,
      conversation_name: null,
      email: null,
      status: "pending",
      created_at: expect.any(Number),
      expires_at: expect.any(Number),
    });
    expect(Math.round((sent.expires_at - sent.created_at) / DAY)).toBe(30);
    expect(await invitesOf(a, "sent")).toEqual([sent]);
    expect(await invitesOf(b)).toEqual([sent]);
    expect(await friendsOf(a)).toEqual([]);
    for (const person of [a, b]) {
      await expect.poll(() => eventsOf(person)).toEqual([{ type: "invite", invite: sent }]);
    }

    const accepted = { ...sent, status: "accepted" };
    for (const _ of [1, 2]) expect(await (await accept(b, sent)).json()).toEqual(accepted);
    expect(await friendsOf(a)).toEqual([b.id]);
    expect(await friendsOf(b)).toEqual([a.id]);
    const added = { type: "friend", state: "added" };
    for (const [person, friend] of [[a, b] as const, [b, a] as const]) {
      await expect.poll(() => eventsOf(person)).toHaveLength(3);
      expect(eventsOf(person)).toContainEqual({ type: "invite", invite: accepted });
      expect(eventsOf(person)).toContainEqual({ ...added, account_id: friend.id, username: friend.username });
    }
  });

  it.each([
    ["rejected", reject],
    ["cancelled", cancel],
  ] as const)("[INVITE-1] that was %s stays so, whatever is tried; a new one may be sent", async (status, end) => {
    const [a, b] = [await signUp(), await signUp()];
    const { eventsOf } = listen();
    const sent = await invite(a, b);
    const who = status === "rejected" ? b : a;
    for (const _ of [1, 2]) expect((await end(who, sent)).status).toBe(status === "rejected" ? 200 : 204);
    const told = { type: "invite", invite: { ...sent, status } };
    for (const person of [a, b]) await expect.poll(() => eventsOf(person)).toContainEqual(told);
    expect(await failure(await accept(b, sent))).toEqual(INVITE_CLOSED);
    const other = status === "rejected" ? await cancel(a, sent) : await reject(b, sent);
    expect(await failure(other)).toEqual(INVITE_CLOSED);
    for (const [person, direction] of [[a, "sent"] as const, [b, "received"] as const]) {
      expect(await invitesOf(person, direction)).toEqual([{ ...sent, status }]);
    }
    expect((await invite(a, b)).id).not.toBe(sent.id);
    expect(await friendsOf(a)).toEqual([]);
  });

  it("[INVITE-1] is answered by who got it alone, and taken back by who sent it alone", async () => {
    const [a, b, stranger] = [await signUp(), await signUp(), await signUp()];
    const sent = await invite(a, b);
    for (const refused of [
      await accept(a, sent),
      await reject(a, sent),
      await cancel(b, sent),
      await accept(stranger, sent),
      await reject(stranger, sent),
      await cancel(stranger, sent),
      await accept(b, { id: "x" }),
      await reject(b, { id: crypto.randomUUID() }),
      await cancel(a, { id: "x".repeat(5_000) }),
    ]) {
      expect(await failure(refused)).toEqual(INVITE_UNKNOWN);
    }
    expect(await invitesOf(b)).toEqual([sent]);
    expect(await invitesOf(stranger)).toEqual([]);
  });

  it("[INVITE-1] raced: of everything at once, one thing becomes of it", async () => {
    for (let round = 0; round < 6; round += 1) {
      const [a, b] = [await signUp(), await signUp()];
      const sent = await invite(a, b);
      const requests = [() => accept(b, sent), () => reject(b, sent), () => cancel(a, sent)];
      const turned = [...requests.slice(round % 3), ...requests.slice(0, round % 3)];
      const answers = await Promise.all(turned.map((request) => request()));
      expect(answers.filter(({ status }) => status < 300)).toHaveLength(1);
      expect(answers.filter(({ status }) => status === 410)).toHaveLength(2);
      const [after] = await invitesOf(b);
      expect(await friendsOf(a)).toEqual(after?.status === "accepted" ? [b.id] : []);
      expect(await invitesOf(a, "sent")).toEqual([after]);
    }
  });

  it("[INVITE-2] sent again is the one there is, also at once", async () => {
    const [a, b] = [await signUp(), await signUp()];
    const { eventsOf } = listen();
    const answers = await Promise.all([1, 2, 3, 4].map(() => askToBeFriends(a, b)));
    expect(statusesOf(answers)).toEqual([200, 200, 200, 201]);
    const ids = await Promise.all(answers.map(async (answer) => (await answer.json<{ id: string }>()).id));
    expect(new Set(ids).size).toBe(1);
    expect(await invitesOf(b)).toHaveLength(1);
    await expect.poll(() => eventsOf(b)).toHaveLength(1);
  });

  it("[INVITE-3] that crosses the other's makes friends of both", async () => {
    const [a, b] = [await signUp(), await signUp()];
    const sent = await invite(a, b);
    const { eventsOf } = listen();
    const crossing = await askToBeFriends(b, a);
    expect(crossing.status).toBe(200);
    expect(await crossing.json()).toEqual({ ...sent, status: "accepted" });
    expect(await friendsOf(a)).toEqual([b.id]);
    expect(await invitesOf(b, "sent")).toEqual([]);
    const added = { type: "friend", state: "added" };
    await expect.poll(() => eventsOf(a)).toContainEqual({ ...added, account_id: b.id, username: b.username });
    await expect.poll(() => eventsOf(b)).toContainEqual({ ...added, account_id: a.id, username: a.username });
  });

  it("[INVITE-3] raced: two who invite each other at once are friends once", async () => {
    for (let round = 0; round < 4; round += 1) {
      const [a, b] = [await signUp(), await signUp()];
      const { eventsOf } = listen();
      const requests = [() => askToBeFriends(a, b), () => askToBeFriends(b, a)];
      if (round % 2 === 1) requests.reverse();
      expect(statusesOf(await Promise.all(requests.map((request) => request())))).toEqual([200, 201]);
      expect(await friendsOf(a)).toEqual([b.id]);
      const all = [...(await invitesOf(a)), ...(await invitesOf(b))];
      expect(all).toMatchObject([{ status: "accepted" }]);
      const begun = () => eventsOf(a).filter(({ type }) => type === "friend");
      await expect.poll(begun).toHaveLength(1);
    }
  });

  it("[INVITE-4] expires, is never answered then, and makes room for a new one", async () => {
    const [a, b] = [await signUp(), await signUp()];
    const old = await invite(a, b);
    await expire(old);
    expect(await invitesOf(b)).toMatchObject([{ id: old.id, status: "expired" }]);
    const tryAll = async () => {
      for (const answer of [await accept(b, old), await reject(b, old), await cancel(a, old)]) {
        expect(await failure(answer)).toEqual(INVITE_CLOSED);
      }
    };
    await tryAll();
    // No crossing either: what has expired is no consent.
    const next = await invite(b, a);
    expect(next.status).toBe("pending");
    expect(await friendsOf(a)).toEqual([]);
    expect(await invitesOf(a, "sent")).toMatchObject([{ id: old.id, status: "expired" }]);
    await tryAll();
    // Later, too.
    await db
      .update(invites)
      .set({ expiresAt: new Date(Date.now() + DAY) })
      .where(eq(invites.id, old.id));
    await tryAll();
  });

  it("[INVITE-2] to a friend, oneself, who never was or was deleted is refused", async () => {
    const [a, b, gone] = [await signUp(), await signUp(), await signUp()];
    await befriend(a, b);
    await deleteAccount(gone);
    for (const [one, other] of [[a, b] as const, [b, a] as const]) {
      expect(await failure(await askToBeFriends(one, other))).toEqual({ status: 409, code: "ALREADY_FRIENDS" });
    }
    expect(await failure(await askToBeFriends(a, a))).toEqual({ status: 400, code: "NOT_YOURSELF" });
    for (const id of [gone.id, crypto.randomUUID()]) {
      expect(await failure(await askToBeFriends(a, { id }))).toEqual(USER_UNKNOWN);
    }
  });

  it.each([
    ["BODY_INVALID", {}],
    ["BODY_INVALID", { kind: "friend" }],
    ["BODY_INVALID", { kind: "friend", account_id: "x" }],
    ["BODY_INVALID", { kind: "enemy", account_id: crypto.randomUUID() }],
    ["BODY_INVALID", { kind: "group", account_id: crypto.randomUUID() }],
    ["BODY_INVALID", { kind: "email" }],
    ["EMAIL_INVALID", { kind: "email", email: "nobody" }],
  ])("[INVITE-1] is refused with %s: %j", async (code, json) => {
    const { token } = await signUp();
    expect(await failure(await api("POST", "/invites", { token, json }))).toEqual({ status: 400, code });
  });

  it("[ACC-2] a deleted account has sent and got none", async () => {
    const [a, b] = [await signUp(), await signUp()];
    await invite(a, b);
    await Promise.all([deleteAccount(a), askToBeFriends(b, a)]);
    expect(await invitesOf(b)).toEqual([]);
    expect(await invitesOf(b, "sent")).toEqual([]);
    expect(await db.select().from(invites).where(eq(invites.toId, a.id))).toEqual([]);
  });
});

/** What happens between two people at once, on a Postgres with real concurrency: PGlite does one thing at a time. */
import { randomUUID } from "node:crypto";
import { and, eq, inArray, or } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RunningServer } from "../../dev/json-server.ts";
import { startStandIn } from "../../dev/stand-in.ts";
import { insertAccount, markEmailVerified } from "../../drizzle/accounts.ts";
import { blocks } from "../../drizzle/blocks-schema.ts";
import { block } from "../../drizzle/blocks.ts";
import { createDb, type Db } from "../../drizzle/client.ts";
import { eraseAccount } from "../../drizzle/erase-account.ts";
import { follows } from "../../drizzle/follows-schema.ts";
import { follow } from "../../drizzle/follows.ts";
import { friendships } from "../../drizzle/friends-schema.ts";
import { removeFriendship } from "../../drizzle/friends.ts";
import { acceptFriendInvite, cancelInvite, rejectInvite } from "../../drizzle/invite-answers.ts";
import { invites } from "../../drizzle/invites-schema.ts";
import { sendEmailInvite, sendFriendInvite, sendGroupInvite } from "../../drizzle/invites.ts";
import { migrateDatabase } from "../../drizzle/migrate.ts";
import { posts } from "../../drizzle/posts-schema.ts";
import { insertPost } from "../../drizzle/posts.ts";
import { scratchPostgres } from "./real-servers.ts";

const ROUNDS = 25;
const access = { user: "duet", password: "secret", database: "duet" };
const server = await scratchPostgres("social");
let running: RunningServer;
let db: Db;

beforeAll(async () => {
  if (!server) return;
  running = await startStandIn({ kind: "neon", options: { port: 0, ...access, serverUrl: server.url } });
  const url = `postgres://duet:secret@127.0.0.1:${running.port}/duet`;
  await migrateDatabase(url);
  db = createDb(url, 20_000);
});
afterAll(async () => {
  await running?.stop();
  await server?.remove();
});

async function account(): Promise<{ id: string; email: string }> {
  const id = randomUUID();
  const email = `${id}@test.com`;
  const named = { username: id.slice(0, 30), displayName: "x", passwordHash: "x", createdAt: new Date() };
  await insertAccount(db, { id, email, ...named });
  return { id, email };
}

function newInvite(fromId: string) {
  return { id: randomUUID(), fromId, expiresAt: new Date(Date.now() + 60_000) };
}

function befriend(fromId: string, toId: string) {
  return sendFriendInvite(db, { ...newInvite(fromId), toId });
}

/** All at once, each round in another order. */
function race<T>(round: number, work: readonly (() => Promise<T>)[]): Promise<T[]> {
  const first = round % work.length;
  return Promise.all([...work.slice(first), ...work.slice(0, first)].map((start) => start()));
}

/** What is left between two people. */
async function between(a: string, b: string) {
  const both = [a, b];
  const open = and(inArray(invites.fromId, both), inArray(invites.toId, both), eq(invites.status, "pending"));
  return {
    friends: await db
      .select()
      .from(friendships)
      .where(and(inArray(friendships.low, both), inArray(friendships.high, both))),
    follows: await db
      .select()
      .from(follows)
      .where(and(inArray(follows.followerId, both), inArray(follows.followedId, both))),
    open: await db.select().from(invites).where(open),
  };
}

const NOTHING = { friends: [], follows: [], open: [] };

describe.skipIf(!server)("at once, on a real Postgres", () => {
  it("[BLOCK-2] a block leaves nothing, whatever else begins", async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const [a, b] = [await account(), await account()];
      await markEmailVerified(db, a.id, a.email);
      const sent = await befriend(b.id, a.id);
      await race<unknown>(round, [
        () => block(db, a.id, b.id),
        () => follow(db, b.id, a.id, 9),
        () => follow(db, a.id, b.id, 9),
        () => acceptFriendInvite(db, { id: sent?.id ?? "", fromId: b.id, toId: a.id }),
        () => befriend(a.id, b.id),
        () => sendGroupInvite(db, { ...newInvite(b.id), toId: a.id, conversationId: randomUUID() }),
        () => sendEmailInvite(db, { ...newInvite(b.id), email: a.email }),
      ]);
      const { friends, follows: followed, open } = await between(a.id, b.id);
      // What was sent to an address may have come a moment later; it can't be accepted.
      for (const { id } of open) {
        expect(await acceptFriendInvite(db, { id, fromId: b.id, toId: a.id })).toBeUndefined();
      }
      expect({ friends, followed }).toEqual({ friends: [], followed: [] });
      expect(open.filter(({ kind }) => kind !== "email")).toEqual([]);
    }
  });

  it("[BLOCK-3] two who block each other: one or both do", async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const [a, b] = [await account(), await account()];
      const done = await race(round, [() => block(db, a.id, b.id), () => block(db, b.id, a.id)]);
      const rows = await db
        .select()
        .from(blocks)
        .where(inArray(blocks.blockerId, [a.id, b.id]));
      expect(rows).toHaveLength(done.filter(({ isBlocked }) => isBlocked).length);
      expect(rows.length).toBeGreaterThan(0);
    }
  });

  it("[INVITE-3] crossing invites, however many, are one friendship that begins once", async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const [a, b] = [await account(), await account()];
      const sent = await race(round, [
        () => befriend(a.id, b.id),
        () => befriend(b.id, a.id),
        () => befriend(a.id, b.id),
        () => befriend(b.id, a.id),
      ]);
      expect(sent.filter((invite) => invite?.outcome === "accepted")).toHaveLength(1);
      const { friends, open } = await between(a.id, b.id);
      expect({ friends: friends.length, open }).toEqual({ friends: 1, open: [] });
    }
  });

  it("[INVITE-1] one thing becomes of an invite", async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const [a, b] = [await account(), await account()];
      const { id = "" } = (await befriend(a.id, b.id)) ?? {};
      const done = await race<unknown>(round, [
        () => acceptFriendInvite(db, { id, fromId: a.id, toId: b.id }),
        () => rejectInvite(db, id),
        () => cancelInvite(db, id),
        () => acceptFriendInvite(db, { id, fromId: a.id, toId: b.id }),
      ]);
      expect(done.filter((changed) => (Array.isArray(changed) ? changed.length > 0 : changed))).toHaveLength(1);
      const [row] = await db.select().from(invites).where(eq(invites.id, id));
      const { friends } = await between(a.id, b.id);
      expect(friends).toHaveLength(row?.status === "accepted" ? 1 : 0);
    }
  });

  it("[INVITE-2] one invite for a person and a group, or an address", async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const [a, b, c] = [await account(), await account(), await account()];
      const conversationId = randomUUID();
      const to = { toId: b.id, conversationId };
      await race<unknown>(round, [
        () => sendGroupInvite(db, { ...newInvite(a.id), ...to }),
        () => sendGroupInvite(db, { ...newInvite(c.id), ...to }),
        () => sendEmailInvite(db, { ...newInvite(a.id), email: b.email }),
        () => sendEmailInvite(db, { ...newInvite(a.id), email: b.email }),
        () => markEmailVerified(db, b.id, b.email),
      ]);
      const got = await db.select().from(invites).where(eq(invites.toId, b.id));
      expect(got.map(({ kind }) => kind).toSorted()).toEqual(["email", "group"]);
    }
  });

  it("[FRIEND-2] the end of a friendship and a new invite: friends or not, never half", async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const [a, b] = [await account(), await account()];
      await befriend(a.id, b.id);
      await befriend(b.id, a.id);
      await race<unknown>(round, [
        () => removeFriendship(db, a.id, b.id),
        () => befriend(b.id, a.id),
        () => removeFriendship(db, b.id, a.id),
      ]);
      const { friends } = await between(a.id, b.id);
      expect(friends).toEqual([]);
    }
  });

  it("[ACC-2] a deleted account leaves nothing, whatever else begins", async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const [a, b] = [await account(), await account()];
      const sent = await befriend(b.id, a.id);
      await race<unknown>(round, [
        () => eraseAccount(db, a.id),
        () => follow(db, b.id, a.id, 9),
        () => follow(db, a.id, b.id, 9),
        () => acceptFriendInvite(db, { id: sent?.id ?? "", fromId: b.id, toId: a.id }),
        () => befriend(a.id, b.id),
        () => block(db, a.id, b.id),
        () => insertPost(db, { id: randomUUID(), authorId: a.id, content: "Hello" }),
      ]);
      expect(await between(a.id, b.id)).toEqual(NOTHING);
      expect(await db.select().from(posts).where(eq(posts.authorId, a.id))).toEqual([]);
      const blocked = or(eq(blocks.blockerId, a.id), eq(blocks.blockedId, a.id));
      expect(await db.select().from(blocks).where(blocked)).toEqual([]);
    }
  });
});

/** An index for each query: no list of the platform reads a whole table. */
import { randomUUID } from "node:crypto";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { RunningServer } from "../../dev/json-server.ts";
import { startStandIn } from "../../dev/stand-in.ts";
import { listBlocks, unblock } from "../../drizzle/blocks.ts";
import { createDb, type Db } from "../../drizzle/client.ts";
import { eraseAccount } from "../../drizzle/erase-account.ts";
import { listFollows } from "../../drizzle/follows.ts";
import { areFriends, listFriends, removeFriendship } from "../../drizzle/friends.ts";
import { findInvites, listInvites } from "../../drizzle/invite-lists.ts";
import { sendEmailInvite, sendFriendInvite } from "../../drizzle/invites.ts";
import { markEmailVerified } from "../../drizzle/accounts.ts";
import { block } from "../../drizzle/blocks.ts";
import { migrateDatabase } from "../../drizzle/migrate.ts";
import { findProfile, searchPeople } from "../../drizzle/people.ts";
import { listFeed, listPosts } from "../../drizzle/posts.ts";

let neon: RunningServer;
let db: Db;

beforeAll(async () => {
  const access = { user: "duet", password: "secret", database: "duet" };
  neon = await startStandIn({ kind: "neon", options: { port: 0, ...access } });
  const url = `postgres://duet:secret@127.0.0.1:${neon.port}/duet`;
  await migrateDatabase(url);
  db = createDb(url, 60_000);
  for (const statement of FILL) await db.execute(statement);
});
afterAll(() => neon.stop());

/** 20,000 rows in each table, spread over 2,000 people; the first is `person(1)`. */
const FILL = [
  sql`create function person(n int) returns uuid immutable language sql as
    $$ select ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid $$`,
  sql`insert into accounts (id, email, email_key, username, display_name, password_hash, discoverable, created_at)
    select person(n), 'p' || n || '@test.com', 'p' || n || '@test.com', 'p' || n, 'x', 'x', true, now()
    from generate_series(1, 20000) as n`,
  sql`insert into friendships select person(n % 2000), person(2000 + n), now() from generate_series(1, 20000) as n`,
  sql`insert into follows select person(n % 2000), person(2000 + n / 10), now() from generate_series(1, 20000) as n`,
  sql`insert into blocks select person(n % 2000), person(4000 + n / 10), now() from generate_series(1, 20000) as n`,
  sql`insert into posts select gen_random_uuid(), person(n / 10), 'x', now() from generate_series(1, 20000) as n`,
  sql`insert into invites (id, kind, from_id, to_id, slot, created_at, expires_at)
    select gen_random_uuid(), 'friend', person(n % 2000), person(6000 + n / 10), n, now(), now() + '1 day'
    from generate_series(1, 20000) as n`,
  sql`insert into invites (id, kind, from_id, email_key, created_at, expires_at)
    select gen_random_uuid(), 'email', person(n % 2000), 'q' || n, now(), now() + '1 day'
    from generate_series(1, 20000) as n`,
  sql`insert into conversations (id, kind, created_at) select person(n), 'group', now() from generate_series(1, 20000) as n`,
  sql`analyze`,
];

/** How often each table was read from one end to the other. */
async function wholeReads(): Promise<Record<string, number>> {
  await db.execute(sql`select pg_stat_force_next_flush()`);
  const { rows } = await db.execute<{ relname: string; seq_scan: number }>(
    sql`select relname, seq_scan::int from pg_stat_user_tables where schemaname = 'public'`,
  );
  return Object.fromEntries(rows.map(({ relname, seq_scan }) => [relname, seq_scan]));
}

it("[LIST-1] no query about people, posts and invites reads a whole table", async () => {
  const [me, other, gone] = [1, 2_001, 3].map((n) => `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`);
  if (me === undefined || other === undefined || gone === undefined) throw new Error("Three people.");
  const after = [Date.now(), randomUUID()] as const;
  const invite = { id: randomUUID(), fromId: me, expiresAt: new Date(Date.now() + 60_000) };
  const queries: Record<string, () => Promise<unknown>> = {
    findProfile: () => findProfile(db, me, "id", other),
    "findProfile by username": () => findProfile(db, me, "username", "p7"),
    searchPeople: () => searchPeople(db, me, "p19", 50, "p191"),
    followers: () => listFollows(db, me, "followers", other, 50, after),
    following: () => listFollows(db, me, "following", me, 50, after),
    listPosts: () => listPosts(db, me, 50, after),
    listFeed: () => listFeed(db, me, 50, after),
    listFriends: () => listFriends(db, me, 50, me),
    "listFriends of the other half": () => listFriends(db, other, 50),
    areFriends: () => areFriends(db, me, [other, gone]),
    listBlocks: () => listBlocks(db, me, 50, after),
    findInvites: () => findInvites(db, me, [randomUUID(), randomUUID()]),
    "invites sent": () => listInvites(db, me, "sent", 50, after),
    "invites received": () => listInvites(db, other, "received", 50, after),
    sendFriendInvite: () => sendFriendInvite(db, { ...invite, toId: gone }),
    sendEmailInvite: () => sendEmailInvite(db, { ...invite, id: randomUUID(), email: "p5@test.com" }),
    markEmailVerified: () => markEmailVerified(db, me, "p1@test.com"),
    removeFriendship: () => removeFriendship(db, me, other),
    block: () => block(db, me, gone),
    unblock: () => unblock(db, me, gone),
    eraseAccount: () => eraseAccount(db, gone),
  };
  const guilty: Record<string, unknown> = {};
  for (const [name, query] of Object.entries(queries)) {
    const before = await wholeReads();
    await query();
    const read = Object.entries(await wholeReads()).filter(([table, count]) => count !== before[table]);
    if (read.length > 0) guilty[name] = read.map(([table]) => table);
  }
  expect(guilty).toEqual({});

  // Control: a query without an index is noticed.
  const before = await wholeReads();
  await db.execute(sql`select count(*) from posts where content = 'x'`);
  expect((await wholeReads())["posts"]).toBe((before["posts"] ?? 0) + 1);
});

/** Chats that an earlier version stored, before there were accounts: their objects wake up in this one. */
import { env } from "cloudflare:workers";
import { runInDurableObject } from "cloudflare:test";
import { expect, it } from "vitest";
import type { LoggedEvent } from "../../protocol/frames.ts";
import { connect, evict, login, request } from "./pair.ts";
import { archivedChat, archivedMessages, flush } from "./stores.ts";

/** As that version made them. `archived_at` came last: some chats were founded without it. */
const TABLES = (lateColumn: string) => `
  create table conversation (
    id text not null,
    epoch text not null,
    created_at integer not null,
    base_seq integer not null default 0,
    archived_seq integer not null default -1,
    ${lateColumn}
    ended_at integer
  );
  create table members (
    name text primary key,
    read_seq integer not null default 0,
    delivered_seq integer not null default 0,
    last_seen integer,
    online integer not null default 0
  );
  create table revoked_sessions (id text primary key, expires_at integer not null) without rowid;
  create table events (
    seq integer primary key,
    sender text not null,
    id text not null,
    target integer,
    frame text not null
  );
  create index events_by_target on events (target) where target is not null;
  create table outages (store text primary key, failures integer not null) without rowid;
  create table set_aside (seq integer primary key, sqlstate text not null, frame text not null);
`;

const AT = 1_763_632_800_000;
const EPOCH = "an-epoch-of-then";
const EVENTS: LoggedEvent[] = [
  { type: "message", seq: 1, id: "m-1", sender: "Abhi", body: "Hello", at: AT + 1, sentAt: 5 },
  { type: "message", seq: 2, id: "m-1", sender: "Anny", body: "Hi 👋", at: AT + 2, replyTo: 1 },
  { type: "edited", seq: 3, target: 1, sender: "Abhi", body: "Hello!", at: AT + 3 },
  { type: "reaction", seq: 4, target: 1, sender: "Anny", emoji: "👍", at: AT + 4 },
];

/** @returns the hash of a chat as that version left it, asleep and not yet in Postgres */
async function storedChat(lateColumn: string): Promise<string> {
  const hash = Array.from(crypto.getRandomValues(new Uint8Array(22)), (byte) => (byte % 36).toString(36)).join("");
  await runInDurableObject(env.CONVERSATION.getByName(hash), (_, { storage: { sql } }) => {
    sql.exec(TABLES(lateColumn));
    sql.exec("insert into conversation (id, epoch, created_at) values (?, ?, ?)", hash, EPOCH, AT);
    sql.exec("insert into members values ('Abhi', 2, 2, ?, 0), ('Anny', 1, 2, ?, 0)", AT + 5, AT + 6);
    for (const event of EVENTS) {
      const [id, target] = event.type === "message" ? [event.id, null] : [`c-${event.seq}`, event.target];
      const row = [event.seq, event.sender, id, target, JSON.stringify(event)];
      sql.exec("insert into events values (?, ?, ?, ?, ?)", ...row);
    }
  });
  await evict(hash);
  return hash;
}

it.each([
  ["the last one", "archived_at integer not null default 0,"],
  ["one before", ""],
])(
  "[MIG-1] a chat that an earlier version stored (%s) goes on: history, marks, resuming, talking",
  async (_, column) => {
    const hash = await storedChat(column);
    const [abhi, anny] = [await login(hash, "abhi"), await login(hash, "Anny")];

    const page = await request(`/chat-server/user/${hash}/messages`, { cookie: abhi });
    expect(await page.json()).toMatchObject({
      data: {
        messages: [
          { seq: 2, sender: "Anny", body: "Hi 👋", replyTo: 1 },
          { seq: 1, sender: "Abhi", body: "Hello!", sentAt: 5, reactions: { Anny: "👍" } },
        ],
        epoch: EPOCH,
        head: 4,
      },
    });

    const [a, n] = [await connect(hash, abhi), await connect(hash, anny)];
    expect((await a.hello({ epoch: EPOCH, since: 2 })).members).toMatchObject([
      { name: "Abhi", readSeq: 2, deliveredSeq: 2 },
      { name: "Anny", readSeq: 1, deliveredSeq: 2, lastSeen: AT + 6 },
    ]);
    expect(a.frames.slice(1, 3)).toEqual(EVENTS.slice(2));
    await n.hello({ epoch: EPOCH, since: 4 });

    // What it stored is still known by its id; new things come after it, and pass between the two.
    a.send({ type: "send", id: "m-1", body: "Hello" });
    expect(await a.frame("ack")).toMatchObject({ id: "m-1", seq: 1 });
    await a.say("Still here?");
    expect(await n.frame("message")).toMatchObject({ seq: 5, sender: "Abhi", body: "Still here?" });
    n.send({ type: "read", seq: 5 });
    expect(await a.frame("receipt")).toMatchObject({ name: "Anny", readSeq: 5 });
    n.send({ type: "delete", id: "d-1", seq: 2 });
    expect(await a.frame("deleted")).toMatchObject({ seq: 6, target: 2 });

    await flush(hash);
    expect(await archivedChat(hash)).toMatchObject({ userOne: "Abhi", userTwo: "Anny", createdAt: new Date(AT) });
    expect((await archivedMessages(hash)).map(({ seq, body }) => [seq, body])).toEqual([
      [1, "Hello!"],
      [2, ""],
      [5, "Still here?"],
    ]);
    // And once more through a sleep.
    for (const socket of [a, n]) socket.close();
    await evict(hash);
    const again = await connect(hash, anny);
    expect(await again.hello({ epoch: EPOCH, since: 5 })).toMatchObject({ recovered: true, head: 6 });
  },
);

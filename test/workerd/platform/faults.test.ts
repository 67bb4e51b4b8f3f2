/** Faults over conversations between accounts. */
import { runInDurableObject } from "cloudflare:test";
import { asc, eq } from "drizzle-orm";
import { afterEach, expect, it } from "vitest";
import { conversationMembers, conversations } from "../../../drizzle/conversations-schema.ts";
import { ACCOUNT_KINDS, conversationOf } from "../kinds.ts";
import { loggedEvents, loseStorage, setLimits, untilStoresAreTrusted } from "../outage.ts";
import { archivedMessages, breakStore, db, flush } from "../stores.ts";
import {
  befriend,
  connect,
  conversationStub,
  direct,
  directPair,
  disturb,
  evict,
  friends,
  group,
  inboxStub,
} from "./account-socket.ts";
import { add, membersOf, remove, rolesOf, setRole, three } from "./members.ts";
import { api, signIn, signUp } from "./people.ts";

afterEach(() => {
  setLimits({ ARCHIVE_DELAY_MS: 2_000 });
});

async function alarmOf(id: string): Promise<number> {
  const at = await runInDurableObject(conversationStub(id), (_, { storage }) => storage.getAlarm());
  return at === null ? Infinity : at - Date.now();
}

it.each(ACCOUNT_KINDS)(
  "[SAFE-1] [D10] who dies between storing and pushing says, on waking, where the log stands: in a %s",
  async (kind) => {
    // The alarm does not go off before the object sleeps.
    setLimits({ ARCHIVE_DELAY_MS: 15_000 });
    const { id, people } = await conversationOf(kind);
    const [alice, bob] = people;
    const [a, b] = [await connect(alice, id), await connect(bob, id)];
    await a.say(id, "one");
    await b.frame({ type: "message", seq: 1 });
    await flush(id);
    // Pushed to nobody's hearing: as if the object had died right after it stored.
    const repair = await disturb(inboxStub(bob.id), "push", () => true);
    await a.say(id, "lost on the way");
    repair();
    expect(await alarmOf(id)).toBeLessThanOrEqual(20_000);
    await evict(conversationStub(id));
    await flush(id);
    const live = await b.frame({ type: "live", head: 2, conversation_id: id });
    const { epoch } = await b.frame({ type: "welcome", conversation_id: id });
    expect(live["epoch"]).toBe(epoch);
    b.send({ type: "hello", v: 1, conversation_id: id, epoch, since: 1 });
    expect(await b.frame({ type: "message", seq: 2 })).toMatchObject({ body: "lost on the way" });
  },
);

it("[SAFE-1] a wake-up with nothing that may be lost says nothing", async () => {
  const { id, a, b, alice } = await directPair();
  await a.say(id, "one");
  await flush(id);
  await evict(conversationStub(id));
  await api("GET", `/conversations/${id}/messages`, { token: alice.token });
  await a.say(id, "two");
  await b.frame({ type: "message", seq: 2 });
  expect(b.all({ type: "live", conversation_id: id })).toHaveLength(1);
});

it("[SAFE-2] while Postgres is out conversations go on, devices are told, and rows follow by themselves", async () => {
  const [owner, admin, member] = await three();
  const id = await group(owner, admin);
  const late = await signUp("late");
  await befriend(owner, late);
  const [o, a] = [await connect(owner, id), await connect(admin, id)];
  const repair = breakStore("postgres");
  await o.say(id, "while it is out");
  await flush(id);
  expect(await a.frame({ type: "degraded", conversation_id: id })).toMatchObject({ postgres: true });
  expect((await setRole(owner, id, admin, "admin")).status).toBe(204);
  expect((await remove(owner, id, member)).status).toBe(404);
  await o.say(id, "still out");
  expect(await a.frame({ type: "message", seq: 2 })).toBeDefined();
  repair();
  await untilStoresAreTrusted();
  expect((await add(owner, id, late)).status).toBe(204);
  const rows = () =>
    db
      .select()
      .from(conversationMembers)
      .where(eq(conversationMembers.conversationId, id))
      .orderBy(asc(conversationMembers.role));
  await expect
    .poll(async () => ({ messages: (await archivedMessages(id)).length, members: (await rows()).length }), {
      timeout: 20_000,
    })
    .toEqual({ messages: 2, members: 3 });
  expect(await rows()).toMatchObject([
    { accountId: admin.id, role: "admin" },
    { accountId: late.id, role: "member" },
    { accountId: owner.id, role: "owner" },
  ]);
  expect(await a.frame({ type: "degraded", postgres: false })).toBeDefined();
});

it("[SAFE-3] a conversation that lost its storage comes back with messages, members and roles; devices are told", async () => {
  const [owner, admin, member] = await three();
  const id = await group(owner, admin, member);
  await setRole(owner, id, admin, "admin");
  const [o, m] = [await connect(owner, id), await connect(member, id)];
  await o.say(id, "kept");
  await flush(id);
  const { epoch } = await m.frame({ type: "welcome", conversation_id: id });
  await loseStorage(id);
  const ack = await o.say(id, "after the loss");
  expect(ack["seq"]).toBe(2);
  const live = await m.until(() => m.all({ type: "live", head: 1 }).find((frame) => frame["epoch"] !== undefined));
  expect(live["epoch"]).not.toBe(epoch);
  expect(await m.frame({ type: "message", seq: 2 })).toMatchObject({ body: "after the loss" });
  expect(await rolesOf(member, id)).toEqual({ [owner.id]: "owner", [admin.id]: "admin", [member.id]: "member" });
  const page = await api("GET", `/conversations/${id}/messages`, { token: member.token });
  expect(await page.json()).toMatchObject({ messages: [{ content: "after the loss" }, { content: "kept" }] });
  m.send({ type: "hello", v: 1, conversation_id: id, epoch, since: 1 });
  const again = await m.until(() => m.all({ type: "welcome", conversation_id: id })[1]);
  expect(again).toMatchObject({ recovered: false });
});

it("[SAFE-3] comes back for a request, too; ids that nobody lists cost no query", async () => {
  const [alice, bob] = await friends("alice", "bob");
  if (!alice || !bob) throw new Error("Two were asked for.");
  const id = await direct(alice, bob);
  await (await connect(alice, id)).say(id, "kept");
  await flush(id);
  await loseStorage(id);
  const answer = await api("GET", `/conversations/${id}`, { token: bob.token });
  expect(await answer.json()).toMatchObject({ kind: "direct", last_message: { content: "kept" } });
  const unknown = crypto.randomUUID();
  let queries = 0;
  const repair = breakStore("postgres", (pass, { body }) => {
    // The outboxes of this conversation and of others may be at work, too.
    if (body.includes(unknown) || (body.includes(bob.id) && !body.includes(id))) queries += 1;
    return pass();
  });
  await api("GET", `/conversations/${unknown}`, { token: bob.token });
  repair();
  expect(queries).toBe(0);
});

it("[SAFE-4] an Inbox that can't be reached is told what it missed: first where the log stands", async () => {
  const { id, bob, a, b } = await directPair();
  let attempts = 0;
  const repair = await disturb(inboxStub(bob.id), "push", () => {
    attempts += 1;
    throw new Error("unreachable");
  });
  await a.say(id, "missed");
  await expect.poll(() => attempts).toBeGreaterThanOrEqual(2);
  expect(await alarmOf(id)).toBeLessThanOrEqual(5_000);
  repair();
  await runInDurableObject(conversationStub(id), (conversation) => conversation.alarm());
  await b.frame({ type: "live", head: 1, conversation_id: id });
  await a.say(id, "heard");
  expect(await b.frame({ type: "message", seq: 2 })).toMatchObject({ body: "heard" });
});

it("[SAFE-4] a member who could not be told of joining is told by the alarm", async () => {
  const [owner, , member] = await three();
  const id = await group(owner);
  const m = await connect(member);
  const repair = await disturb(inboxStub(member.id), "conversationChanged", () => {
    throw new Error("unreachable");
  });
  expect((await add(owner, id, member)).status).toBe(204);
  expect(m.all({ type: "conversation" })).toEqual([]);
  repair();
  expect(await alarmOf(id)).toBeLessThanOrEqual(5_000);
  await runInDurableObject(conversationStub(id), (conversation) => conversation.alarm());
  await m.frame({ type: "conversation", conversation_id: id, change: "added" });
  await (await connect(owner, id)).say(id, "welcome");
  expect(await m.frame({ type: "message", conversation_id: id })).toMatchObject({ body: "welcome" });
});

it("[MEMB-10] an account is forgotten by a conversation that could not be reached when it is again", async () => {
  const [owner, , member] = await three();
  const id = await group(owner, member);
  const repair = await disturb(conversationStub(id), "forget", () => ({ ok: false, code: "UNAVAILABLE" }));
  expect((await api("DELETE", "/users/me", { token: member.token })).status).toBe(204);
  expect(await membersOf(owner, id)).toHaveLength(2);
  await evict(inboxStub(member.id));
  const again = { token: member.token, json: { content: "x" } };
  expect((await api("POST", `/conversations/${id}/messages`, again)).status).toBe(401);
  repair();
  await runInDurableObject(inboxStub(member.id), (inbox) => inbox.alarm());
  expect(await membersOf(owner, id)).toMatchObject([{ id: owner.id }]);
  await runInDurableObject(inboxStub(member.id), (_, { storage }) => {
    expect(storage.sql.exec("select name from sqlite_master").toArray()).toEqual([{ name: "tombstone" }]);
  });
});

it("[SAFE-5] an Inbox that lost its storage has the conversations again with the next login", async () => {
  const [owner, , member] = await three();
  const ids = [await group(owner, member), await direct(owner, member)];
  for (const id of ids) await flush(id);
  await runInDurableObject(inboxStub(member.id), (_, { storage }) => storage.deleteAll());
  await evict(inboxStub(member.id));
  const again = await signIn(member);
  const list = await api("GET", "/conversations", { token: again.token });
  const { conversations: found } = await list.json<{ conversations: { id: string }[] }>();
  expect(found.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
});

it("[MEMB-6] of a group that is over, Postgres keeps neither messages nor members", async () => {
  const [owner] = await three();
  const id = await group(owner);
  await (await connect(owner, id)).say(id, "secret");
  await flush(id);
  expect(await archivedMessages(id)).toHaveLength(1);
  await remove(owner, id, "me");
  expect(await archivedMessages(id)).toEqual([]);
  const members = await db.select().from(conversationMembers).where(eq(conversationMembers.conversationId, id));
  expect(members).toEqual([]);
  const [row] = await db.select().from(conversations).where(eq(conversations.id, id));
  expect(row?.endedAt).toBeInstanceOf(Date);
});

it("[SEND-3] a repeated id over the account socket is stored once, also after the object slept", async () => {
  const { id, a } = await directPair();
  await a.say(id, "once", "m-1");
  await evict(conversationStub(id));
  a.send({ type: "send", conversation_id: id, id: "m-1", body: "once" });
  await a.until(() => a.all({ type: "ack", id: "m-1" }).length === 2);
  expect(await loggedEvents(id)).toHaveLength(1);
});

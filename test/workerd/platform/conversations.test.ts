/** Conversations over HTTP: beginning, listing, reading, writing. */
import { runInDurableObject } from "cloudflare:test";
import { and, eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { friendships } from "../../../drizzle/friends-schema.ts";
import type { Conversation } from "../../../protocol/platform/conversations.ts";
import { directConversationId } from "../../../worker/platform/direct-conversations.ts";
import { failure } from "../pair.ts";
import { breakStore, db } from "../stores.ts";
import { befriend, connect, conversationStub, direct, directPair, evict, friends, group } from "./account-socket.ts";
import { api, type Person, signUp, statusesOf } from "./people.ts";

async function two(): Promise<[Person, Person]> {
  const [alice, bob] = await friends("alice", "bob");
  if (!alice || !bob) throw new Error("Two were asked for.");
  return [alice, bob];
}

async function read(person: Person, path: string): Promise<Conversation> {
  const answer = await api("GET", path, { token: person.token });
  expect(answer.status).toBe(200);
  return answer.json();
}

function send(person: Person, id: string, content: string, more: object = {}): Promise<Response> {
  return api("POST", `/conversations/${id}/messages`, { token: person.token, json: { content, ...more } });
}

describe("a direct conversation", () => {
  it("[CONV-1] is between friends only; there is one for two people, whoever asks", async () => {
    const [alice, bob] = await two();
    const eve = await signUp("eve");
    const ask = (person: Person, participant_id: string) =>
      api("POST", "/conversations", { token: person.token, json: { participant_id } });
    for (const stranger of [eve.id, crypto.randomUUID()]) {
      expect(await failure(await ask(alice, stranger))).toEqual({ status: 403, code: "NOT_FRIENDS" });
    }
    expect(await failure(await ask(alice, alice.id))).toEqual({ status: 400, code: "NOT_YOURSELF" });
    const first = await ask(alice, bob.id);
    expect(first.status).toBe(201);
    const made = await first.json<Conversation>();
    expect(made).toMatchObject({
      kind: "direct",
      name: null,
      role: "member",
      open: true,
      muted: false,
      member_count: 2,
      participant: { id: bob.id, username: bob.username },
      unread_count: 0,
      last_message: null,
    });
    const second = await ask(bob, alice.id);
    expect(second.status).toBe(200);
    expect(await second.json()).toMatchObject({ id: made.id, participant: { id: alice.id } });
  });

  it("[CONV-2] however both sides race, there is one, and both have it", async () => {
    const [alice, bob] = await two();
    const answers = await Promise.all(
      [alice, bob, alice, bob, alice, bob].map((person) =>
        api("POST", "/conversations", {
          token: person.token,
          json: { participant_id: person === alice ? bob.id : alice.id },
        }),
      ),
    );
    expect(statusesOf(answers)).toEqual([200, 200, 200, 200, 200, 201]);
    const ids = await Promise.all(answers.map(async (answer) => (await answer.json<Conversation>()).id));
    expect(new Set(ids)).toEqual(new Set([directConversationId(alice.id, bob.id)]));
    for (const { token } of [alice, bob]) {
      const list = await (await api("GET", "/conversations", { token })).json<{ conversations: Conversation[] }>();
      expect(list.conversations.map(({ id }) => id)).toEqual([ids[0]]);
    }
  });

  it("[CONV-3] is closed for writing while the two are no friends; what was written stays", async () => {
    const { id, alice, bob, a, b } = await directPair();
    await a.say(id, "before");
    await conversationStub(id).setOpen(false);
    expect(await b.frame({ type: "conversation", change: "changed" })).toMatchObject({ conversation_id: id });
    expect(await failure(await send(alice, id, "x"))).toEqual({ status: 403, code: "CONVERSATION_CLOSED" });
    b.send({ type: "send", conversation_id: id, id: "m-1", body: "x" });
    expect(await b.frame({ type: "nack", id: "m-1" })).toMatchObject({ code: "CONVERSATION_CLOSED" });
    expect(await read(bob, `/conversations/${id}`)).toMatchObject({ open: false, last_message: { content: "before" } });
    await conversationStub(id).setOpen(true);
    expect((await send(bob, id, "again")).status).toBe(201);
  });

  it("[CONV-4] begins for nobody by opening or closing it", async () => {
    const [alice, bob] = await two();
    const id = directConversationId(alice.id, bob.id);
    await conversationStub(id).setOpen(false);
    await runInDurableObject(conversationStub(id), (_, { storage }) => {
      expect(storage.sql.exec("select name from sqlite_master").toArray()).toEqual([]);
    });
  });
});

describe("a group", () => {
  it("[CONV-5] is made of friends, and its maker's own", async () => {
    const [alice, bob] = await two();
    const eve = await signUp("eve");
    const json = { name: "  My   Group ", participant_ids: [bob.id, bob.id, alice.id] };
    const answer = await api("POST", "/conversations", { token: alice.token, json });
    expect(answer.status).toBe(201);
    const made = await answer.json<Conversation>();
    expect(made).toMatchObject({ kind: "group", name: "My Group", role: "owner", member_count: 2, participant: null });
    expect(await read(bob, `/conversations/${made.id}`)).toMatchObject({ role: "member" });
    const stranger = await api("POST", "/conversations", {
      token: alice.token,
      json: { name: "x", participant_ids: [bob.id, eve.id] },
    });
    expect(await failure(stranger)).toEqual({ status: 403, code: "NOT_FRIENDS" });
    for (const [field, json] of [
      ["participant_id", {}],
      ["name", { participant_ids: [] }],
      ["name", { name: 7 }],
      ["participant_id", { participant_id: "x" }],
    ] as const) {
      const wrong = await api("POST", "/conversations", { token: alice.token, json });
      expect(wrong.status).toBe(400);
      expect(await wrong.json()).toMatchObject({ error: { code: "BODY_INVALID", details: [field] } });
    }
    const nameless = await api("POST", "/conversations", { token: alice.token, json: { name: " " } });
    expect(await failure(nameless)).toEqual({ status: 400, code: "NAME_EMPTY" });
  });

  it("[CONV-6] whoever is connected hears of it at once", async () => {
    const [alice, bob] = await two();
    const b = await connect(bob);
    const id = await group(alice, bob);
    expect(await b.frame({ type: "conversation", conversation_id: id })).toMatchObject({ change: "added" });
    expect((await send(alice, id, "Hello")).status).toBe(201);
    expect(await b.frame({ type: "message", conversation_id: id })).toMatchObject({ body: "Hello" });
  });
});

describe("the list", () => {
  it("[CONV-7] has the last message, what is unread, and mute; in pages", async () => {
    const [alice, bob] = await two();
    const ids = [await direct(alice, bob), await group(alice, bob), await group(bob, alice)];
    const [first = "", second = "", third = ""] = ids;
    await send(bob, first, "one");
    await send(bob, first, "two");
    await send(alice, second, "mine");
    await api("PATCH", `/conversations/${third}`, { token: alice.token, json: { muted: true } });
    const list = async (query: string) =>
      (await api("GET", `/conversations${query}`, { token: alice.token })).json<{
        conversations: Conversation[];
        next_cursor: string | null;
      }>();
    const { conversations, next_cursor: end } = await list("");
    expect(end).toBeNull();
    const byId = new Map(conversations.map((conversation) => [conversation.id, conversation]));
    expect(byId.get(first)).toMatchObject({ unread_count: 2, last_message: { content: "two", sender_id: bob.id } });
    expect(byId.get(second)).toMatchObject({ unread_count: 0, last_message: { content: "mine" }, muted: false });
    expect(byId.get(third)).toMatchObject({ unread_count: 0, last_message: null, muted: true });
    const idsOf = async (query: string) => (await list(query)).conversations.map(({ id }) => id);
    // Which page one is on, Postgres says.
    await expect.poll(() => idsOf("?limit=2"), { timeout: 15_000 }).toEqual([second, first]);
    const seen: string[] = [];
    let cursor: string | null = "";
    while (cursor !== null) {
      const page = await list(`?limit=1${cursor && `&cursor=${cursor}`}`);
      seen.push(...page.conversations.map(({ id }) => id));
      cursor = page.next_cursor;
    }
    expect(seen).toEqual(conversations.map(({ id }) => id));
    expect(seen.toSorted()).toEqual(ids.toSorted());
  });

  it("[CONV-7] what was deleted is not unread", async () => {
    const { id, alice, bob } = await directPair();
    for (const content of ["one", "two", "three"]) await send(alice, id, content);
    await api("PATCH", `/conversations/${id}/messages/1`, { token: alice.token, json: { content: "edited" } });
    for (const seq of [2, 3]) await api("DELETE", `/conversations/${id}/messages/${seq}`, { token: alice.token });
    expect(await read(bob, `/conversations/${id}`)).toMatchObject({ unread_count: 1 });
    await evict(conversationStub(id));
    expect(await read(bob, `/conversations/${id}`)).toMatchObject({ unread_count: 1 });
  });

  it("[CONV-15] begins with where something was said last, also on the next pages", async () => {
    const [alice, bob] = await two();
    const [first, second, third] = [await direct(alice, bob), await group(alice, bob), await group(bob, alice)];
    const list = async (query = "") => {
      const answer = await api("GET", `/conversations${query}`, { token: alice.token });
      expect(answer.status).toBe(200);
      const page = await answer.json<{ conversations: Conversation[]; next_cursor: string | null }>();
      return { ids: page.conversations.map(({ id }) => id), next: page.next_cursor };
    };
    expect((await list()).ids).toEqual([third, second, first]);
    await send(bob, first, "hello");
    expect((await list()).ids).toEqual([first, third, second]);
    await send(alice, second, "mine count, too");
    expect((await list()).ids).toEqual([second, first, third]);
    // Which page one is on, Postgres says.
    await expect.poll(async () => (await list("?limit=2")).ids, { timeout: 15_000 }).toEqual([second, first]);
    const { next } = await list("?limit=1");
    const page = await list(`?limit=1&cursor=${next}`);
    expect(page.ids).toEqual([first]);
    expect((await list(`?limit=1&cursor=${page.next}`)).ids).toEqual([third]);
    const repair = breakStore("postgres");
    const { ids } = await list();
    repair();
    expect(ids).toEqual([second, first, third]);
  });

  it("[CONV-8] after reading, nothing is unread, at once and after the object slept", async () => {
    const { id, alice, bob } = await directPair();
    await send(bob, id, "one");
    await send(bob, id, "two");
    const mark = await api("POST", `/conversations/${id}/read`, { token: alice.token, json: { seq: 1 } });
    expect(mark.status).toBe(204);
    expect(await read(alice, `/conversations/${id}`)).toMatchObject({ unread_count: 1 });
    await evict(conversationStub(id));
    expect(await read(alice, `/conversations/${id}`)).toMatchObject({ unread_count: 1 });
    const beyond = await api("POST", `/conversations/${id}/read`, { token: alice.token, json: { seq: 3 } });
    expect(await failure(beyond)).toEqual({ status: 404, code: "MESSAGE_UNKNOWN" });
  });
});

it("[CONV-13] unfriending in the meantime makes no new conversation; one that there is goes on", async () => {
  const [alice, bob] = await two();
  const [low = "", high = ""] = [alice.id, bob.id].toSorted();
  await db.delete(friendships).where(and(eq(friendships.low, low), eq(friendships.high, high)));
  const json = { participant_id: bob.id };
  expect(await failure(await api("POST", "/conversations", { token: alice.token, json }))).toMatchObject({
    code: "NOT_FRIENDS",
  });
  await befriend(alice, bob);
  expect((await api("POST", "/conversations", { token: alice.token, json })).status).toBe(201);
});

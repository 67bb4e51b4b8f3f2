/** Who are friends no more: what they can still do, and what they still see of each other. */
import { describe, expect, it } from "vitest";
import type { Conversation } from "../../../protocol/platform/conversations.ts";
import { directConversationId } from "../../../worker/platform/direct-conversations.ts";
import { loseStorage } from "../outage.ts";
import { failure } from "../pair.ts";
import { flush } from "../stores.ts";
import {
  connect,
  conversationStub,
  type Device,
  direct,
  directPair,
  disturb,
  friends,
  group,
  room,
} from "./account-socket.ts";
import { membersOf } from "./members.ts";
import { api, type Person } from "./people.ts";
import { befriend, block, unblock } from "./social.ts";

const CLOSED = { status: 403, code: "CONVERSATION_CLOSED" };

function unfriend({ token }: Person, { id }: Person): Promise<Response> {
  return api("DELETE", `/friends/${id}`, { token });
}

const ENDS = [
  ["unfriending", unfriend],
  ["blocking", block],
] as const;

function begin({ token }: Person, { id }: Person): Promise<Response> {
  return api("POST", "/conversations", { token, json: { participant_id: id } });
}

function write({ token }: Person, id: string): Promise<Response> {
  return api("POST", `/conversations/${id}/messages`, { token, json: { content: "x" } });
}

async function seen({ token }: Person, id: string): Promise<Conversation> {
  return (await api("GET", `/conversations/${id}`, { token })).json();
}

async function pair(): Promise<[Person, Person, string]> {
  const [alice, bob] = await friends("alice", "bob");
  if (!alice || !bob) throw new Error("Two were asked for.");
  return [alice, bob, directConversationId(alice.id, bob.id)];
}

describe("beginning a direct conversation", () => {
  it("[CONV-13] raced: an unfriending between the asking and the founding leaves it closed", async () => {
    const [alice, bob, id] = await pair();
    const restore = await disturb(conversationStub(id), "found", async (pass) => {
      expect((await unfriend(bob, alice)).status).toBe(204);
      return pass();
    });
    const begun = await begin(alice, bob);
    restore();
    expect(begun.status).toBe(201);
    expect(await begun.json()).toMatchObject({ open: false });
    for (const person of [alice, bob]) expect(await failure(await write(person, id))).toEqual(CLOSED);
  });

  it("[CONV-13] raced: an unfriending that overtakes the opening leaves it closed", async () => {
    const [alice, bob, id] = await pair();
    let ended: Promise<Response> | undefined;
    const restore = await disturb(conversationStub(id), "setOpen", async (pass) => {
      const isOpening = ended === undefined;
      ended ??= unfriend(bob, alice);
      if (isOpening) await ended;
      return pass();
    });
    const begun = await begin(alice, bob);
    restore();
    expect((await ended)?.status).toBe(204);
    expect(await begun.json()).toMatchObject({ open: false });
    expect(await failure(await write(alice, id))).toEqual(CLOSED);
  });

  it("[CONV-13] raced with unfriending and blocking in either order: nobody can write afterwards", async () => {
    for (let round = 0; round < 6; round += 1) {
      const [alice, bob, id] = await pair();
      const end = round % 3 === 0 ? block : unfriend;
      const requests = [() => begin(alice, bob), () => end(bob, alice), () => begin(bob, alice)];
      if (round % 2 === 1) requests.reverse();
      await Promise.all(requests.map((request) => request()));
      for (const person of [alice, bob]) expect((await write(person, id)).status).not.toBe(201);
    }
  });

  it("[CONV-13] what could not be asked again leaves it closed, and beginning it again opens it", async () => {
    const [alice, bob, id] = await pair();
    const restore = await disturb(conversationStub(id), "setOpen", () => ({ ok: false, code: "UNAVAILABLE" }));
    expect((await begin(alice, bob)).status).toBe(503);
    restore();
    expect(await failure(await write(alice, id))).toEqual(CLOSED);
    expect((await begin(bob, alice)).status).toBe(200);
    expect((await write(alice, id)).status).toBe(201);
  });
});

describe("a direct conversation whose object has lost its storage", () => {
  it.each(ENDS)("[SAFE-6] is closed by %s, too", async (_, end) => {
    const [alice, bob] = await pair();
    const id = await direct(alice, bob);
    await (await connect(alice, id)).say(id, "kept");
    await flush(id);
    await loseStorage(id);
    expect((await end(alice, bob)).status).toBe(204);
    expect(await failure(await write(bob, id))).toEqual(CLOSED);
    const page = await api("GET", `/conversations/${id}/messages`, { token: bob.token });
    expect(await page.json()).toMatchObject({ messages: [{ content: "kept" }] });
    // And it is as closed after a second loss.
    await loseStorage(id);
    expect(await failure(await write(bob, id))).toEqual(CLOSED);
  });
});

describe("a closed direct conversation", () => {
  /** Says `hello` once more. @returns the answer, behind which nothing is left that was pushed before */
  async function greet(device: Device, id: string) {
    const isWelcome = { type: "welcome", conversation_id: id };
    const before = device.all(isWelcome).length;
    device.send({ type: "hello", v: 1, conversation_id: id });
    return device.until(() => device.all(isWelcome)[before]);
  }

  it.each(ENDS)("[CONV-14] by %s tells neither of the other", async (_, end) => {
    const { id, alice, bob, a, b } = await directPair();
    await a.say(id, "one");
    b.send({ type: "delivered", conversation_id: id, seq: 1 });
    await a.frame({ type: "receipt", name: bob.id, deliveredSeq: 1 });
    expect((await end(alice, bob)).status).toBe(204);
    await b.frame({ type: "conversation", conversation_id: id, change: "changed" });
    const counts = [a.frames.length, b.frames.length];
    b.send({ type: "typing", conversation_id: id, on: true });
    b.send({ type: "read", conversation_id: id, seq: 1 });
    // For oneself, marks go on.
    await b.frame({ type: "receipt", name: bob.id, readSeq: 1 });
    expect(await seen(bob, id)).toMatchObject({ unread_count: 0 });
    for (const [path, json] of [
      ["typing", { on: true }],
      ["read", { seq: 1 }],
    ] as const) {
      expect((await api("POST", `/conversations/${id}/${path}`, { token: alice.token, json })).status).toBe(204);
    }
    const toAlice = await greet(a, id);
    a.close();
    const again = await connect(alice, id);
    const toBob = await greet(b, id);
    const away = { online: false, lastSeen: null };
    expect(toAlice["members"]).toContainEqual(
      expect.objectContaining({ name: bob.id, ...away, deliveredSeq: 1, readSeq: 0 }),
    );
    expect(toBob["members"]).toContainEqual(
      expect.objectContaining({ name: alice.id, ...away, deliveredSeq: 0, readSeq: 0 }),
    );
    expect(toBob["members"]).toContainEqual(expect.objectContaining({ name: bob.id, online: true, readSeq: 1 }));
    const heard = [...a.frames.slice(counts[0]), ...b.frames.slice(counts[1]), ...again.frames];
    const told = heard.filter(({ type }) => type === "presence" || type === "typing" || type === "receipt");
    expect(told.filter(({ name }) => name !== bob.id)).toMatchObject([{ type: "receipt", name: alice.id }]);
    expect([...a.frames.slice(counts[0]), ...again.frames].filter(({ name }) => name === bob.id)).toEqual([]);

    await unblock(alice, bob);
    await befriend(alice, bob);
    const open = await greet(b, id);
    expect(open["members"]).toContainEqual(expect.objectContaining({ name: alice.id, online: true, readSeq: 1 }));
    again.send({ type: "typing", conversation_id: id, on: true });
    await b.frame({ type: "typing", name: alice.id });
  });

  it("[CONV-14] shows display names as they were, and as they are once it opens", async () => {
    const [alice, bob] = await pair();
    const id = await direct(alice, bob);
    await unfriend(alice, bob);
    const rename = await api("PATCH", "/users/me", { token: alice.token, json: { display_name: "Alicia" } });
    expect(rename.status).toBe(200);
    expect((await seen(bob, id)).participant).toMatchObject({ display_name: alice.username });
    await befriend(alice, bob);
    expect((await seen(bob, id)).participant).toMatchObject({ display_name: "Alicia" });
  });
});

it("[BLOCK-5] a block hides nobody in a conversation that both are in", async () => {
  const { id, alice, bob, a, b } = await directPair();
  const [groupId, roomId] = [await group(alice, bob), await room(alice)];
  await api("POST", `/rooms/${roomId}/join`, { token: bob.token });
  await a.say(id, "between us");
  expect((await block(alice, bob)).status).toBe(204);
  expect(await failure(await api("GET", `/users/${alice.username}`, { token: bob.token }))).toMatchObject({
    code: "USER_UNKNOWN",
  });
  const list = await api("GET", "/conversations", { token: bob.token });
  expect((await list.json<{ conversations: Conversation[] }>()).conversations).toContainEqual(
    expect.objectContaining({ id, open: false, participant: expect.objectContaining({ username: alice.username }) }),
  );
  for (const known of [id, groupId, roomId]) {
    const names = (await membersOf(bob, known)).map(({ username }) => username);
    expect(new Set(names)).toEqual(new Set([alice.username, bob.username]));
  }
  const page = await api("GET", `/conversations/${id}/messages`, { token: bob.token });
  expect(await page.json()).toMatchObject({ messages: [{ sender_username: alice.username }] });
  const present = await api("GET", `/rooms/${roomId}/present`, { token: bob.token });
  expect((await present.json<{ members: object[] }>()).members).toContainEqual(
    expect.objectContaining({ id: alice.id }),
  );
  await a.say(groupId, "to all");
  expect(await b.frame({ type: "message", conversation_id: groupId })).toMatchObject({ body: "to all" });
});

/** How accounts show themselves in conversations: by a new name, and not at all once they are deleted. */
import { runInDurableObject } from "cloudflare:test";
import { afterEach, expect, it, vi } from "vitest";
import { Conversation } from "../../../durable-objects/conversation.ts";
import { setLimits, stopClock } from "../outage.ts";
import { failure } from "../pair.ts";
import { flush } from "../stores.ts";
import { connect, conversationStub, direct, disturb, evict, group, inboxStub, room } from "./account-socket.ts";
import { add, membersOf, remove, three } from "./members.ts";
import { api, type Person, signIn } from "./people.ts";
import { deleteAccount } from "./social.ts";

afterEach(() => {
  setLimits({ CONVERSATIONS_PER_ACCOUNT: 500 });
});

function rename({ token }: Person, display_name: string): Promise<Response> {
  return api("PATCH", "/users/me", { token, json: { display_name } });
}

async function nameIn(id: string, viewer: Person, person: Person): Promise<string | null | undefined> {
  return (await membersOf(viewer, id)).find((member) => member.id === person.id)?.display_name;
}

/** Whether an object's tables hold a text. */
function holds(id: string, text: string): Promise<boolean> {
  return runInDurableObject(conversationStub(id), (_, { storage }) => {
    const tables = storage.sql.exec<{ name: string }>("select name from sqlite_master where type = 'table'").toArray();
    const rows = tables
      .filter(({ name }) => !name.startsWith("_cf_"))
      .map(({ name }) => storage.sql.exec(`select * from "${name}"`).toArray());
    return JSON.stringify(rows).includes(text);
  });
}

it("[MEMB-11] a new display name is shown when it is answered, and devices are told", async () => {
  const [owner, , member] = await three();
  const ids = [await group(owner, member), await direct(owner, member), await room(member)];
  await api("POST", `/rooms/${ids[2]}/join`, { token: owner.token });
  const o = await connect(owner);
  expect(await (await rename(member, "New Name")).json()).toMatchObject({ display_name: "New Name" });
  for (const conversation_id of ids) {
    expect(await nameIn(conversation_id, owner, member)).toBe("New Name");
    await o.frame({ type: "conversation", conversation_id, change: "changed" });
  }
  const count = o.frames.length;
  await rename(member, "New Name");
  o.ping();
  await o.until(() => o.frames.slice(count).find(({ type }) => type === "pong"));
  expect(o.frames.slice(count)).toHaveLength(1);
});

it("[MEMB-11] raced: of several names at once, the conversation shows the account's", async () => {
  const [owner, , member] = await three();
  const id = await group(owner, member);
  const names = ["One", "Two", "Three", "Four"];
  const answers = await Promise.all(names.map((name) => rename(member, name)));
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  const me = await (await api("GET", "/auth/me", { token: member.token })).json<{ display_name: string }>();
  expect(await nameIn(id, owner, member)).toBe(me.display_name);
});

it("[MEMB-11] a conversation that can't be reached shows the newest name when it is again", async () => {
  const [owner, , member] = await three();
  const [id, other] = [await group(owner, member), await group(owner, member)];
  const repair = await disturb(conversationStub(id), "showAs", () => ({ ok: false, code: "UNAVAILABLE" }));
  await rename(member, "First");
  expect((await rename(member, "Second")).status).toBe(200);
  expect(await nameIn(other, owner, member)).toBe("Second");
  expect(await nameIn(id, owner, member)).toBe(member.username);
  repair();
  await evict(inboxStub(member.id));
  await runInDurableObject(inboxStub(member.id), (inbox) => inbox.alarm());
  await expect.poll(() => nameIn(id, owner, member)).toBe("Second");
  const show = vi.spyOn(Conversation.prototype, "showAs");
  for (let round = 0; round < 2; round += 1) {
    await runInDurableObject(inboxStub(member.id), (inbox) => inbox.alarm());
  }
  expect(show).not.toHaveBeenCalled();
  show.mockRestore();
});

it("[PEOPLE-5] 30 changes of the display name a minute; others are not counted", async () => {
  stopClock();
  const [person] = await three();
  let refused: Response | undefined;
  for (let count = 0; count < 35 && !refused; count += 1) {
    const answer = await rename(person, `Name ${count}`);
    if (answer.status !== 200) refused = answer;
  }
  expect(refused && (await failure(refused))).toEqual({ status: 429, code: "TOO_MANY_REQUESTS" });
  const json = { discoverable: false };
  expect((await api("PATCH", "/users/me", { token: person.token, json })).status).toBe(200);
});

it("[MEMB-10] a deleted account has no name in conversations that it had left, or been removed from", async () => {
  const [owner, , member] = await three();
  const ids = [await group(owner, member), await group(owner, member), await room(owner)];
  const [left = "", removed = "", lobby = ""] = ids;
  await api("POST", `/rooms/${lobby}/join`, { token: member.token });
  const m = await connect(member);
  for (const id of ids) await m.say(id, "my words");
  await remove(member, left, "me");
  await remove(owner, removed, member);
  await api("POST", `/rooms/${lobby}/leave`, { token: member.token });
  expect((await deleteAccount(member)).status).toBe(204);
  for (const id of ids) {
    const page = await api("GET", `/conversations/${id}/messages`, { token: owner.token });
    expect(await page.json()).toMatchObject({
      messages: [{ content: "my words", sender_id: member.id, sender_username: "" }],
    });
    expect(await holds(id, member.username)).toBe(false);
  }
});

it("[MEMB-10] also when the account's object had lost its storage since", async () => {
  const [owner, , member] = await three();
  const id = await group(owner, member);
  await remove(member, id, "me");
  await flush(id);
  await runInDurableObject(inboxStub(member.id), (_, { storage }) => storage.deleteAll());
  await evict(inboxStub(member.id));
  expect((await deleteAccount(await signIn(member))).status).toBe(204);
  expect(await holds(id, member.username)).toBe(false);
});

it("[MEMB-10] also where somebody was adding the account at that moment", async () => {
  const [owner, , member] = await three();
  const id = await group(owner);
  const restore = await disturb(conversationStub(id), "addMembers", async (pass) => {
    expect((await deleteAccount(member)).status).toBe(204);
    return pass();
  });
  expect((await add(owner, id, member)).status).toBe(204);
  restore();
  await expect.poll(() => membersOf(owner, id)).toHaveLength(1);
  expect(await holds(id, member.username)).toBe(false);
});

it("[MEMB-10] an account that has left more conversations than are told at once is forgotten by all of them", async () => {
  setLimits({ CONVERSATIONS_PER_ACCOUNT: 5 });
  const [, , member] = await three();
  await runInDurableObject(inboxStub(member.id), (_, { storage }) => {
    for (let count = 0; count < 6; count += 1) {
      storage.sql.exec("insert into left_conversations values (?)", crypto.randomUUID());
    }
  });
  const forget = vi.spyOn(Conversation.prototype, "forget").mockResolvedValue({ ok: true, value: null });
  expect((await deleteAccount(member)).status).toBe(204);
  expect(forget).toHaveBeenCalledTimes(5);
  await runInDurableObject(inboxStub(member.id), (inbox) => inbox.alarm());
  expect(forget).toHaveBeenCalledTimes(6);
  forget.mockRestore();
  await runInDurableObject(inboxStub(member.id), (_, { storage }) => {
    expect(storage.sql.exec("select name from sqlite_master").toArray()).toEqual([{ name: "tombstone" }]);
  });
});

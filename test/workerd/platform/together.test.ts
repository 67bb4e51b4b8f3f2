/** What friendship and invites have to do with conversations. */
import { expect, it } from "vitest";
import { failure } from "../pair.ts";
import { connect, direct, friends, group } from "./account-socket.ts";
import { remove, setRole } from "./members.ts";
import { api, type Person, signUp } from "./people.ts";
import { invitesOf } from "./social.ts";

const INVITE_CLOSED = { status: 410, code: "INVITE_CLOSED" };

async function invite(from: Person, json: object): Promise<Response> {
  return api("POST", "/invites", { token: from.token, json });
}

async function accept(to: Person, answer: Response): Promise<Response> {
  const { id } = await answer.json<{ id: string }>();
  return api("POST", `/invites/${id}/accept`, { token: to.token });
}

async function becomeFriends(one: Person, other: Person): Promise<void> {
  const sent = await invite(one, { kind: "friend", account_id: other.id });
  expect((await accept(other, sent)).status).toBe(200);
}

it("[CONV-3] unfriending and blocking close the direct conversation at once, being friends again opens it", async () => {
  const [alice, bob] = [await signUp("alice"), await signUp("bob")];
  await becomeFriends(alice, bob);
  const id = await direct(alice, bob);
  const b = await connect(bob, id);
  await b.say(id, "before");
  const write = () => api("POST", `/conversations/${id}/messages`, { token: alice.token, json: { content: "x" } });
  for (const end of [
    () => api("DELETE", `/friends/${bob.id}`, { token: alice.token }),
    () => api("PUT", `/users/${alice.id}/block`, { token: bob.token }),
  ]) {
    expect((await end()).status).toBe(204);
    expect(await failure(await write())).toEqual({ status: 403, code: "CONVERSATION_CLOSED" });
    const page = await api("GET", `/conversations/${id}/messages`, { token: alice.token });
    expect(await page.json()).toMatchObject({
      messages: expect.arrayContaining([expect.objectContaining({ seq: 1 })]),
    });
    await api("DELETE", `/users/${alice.id}/block`, { token: bob.token });
    await becomeFriends(bob, alice);
    expect((await write()).status).toBe(201);
  }
});

it("[MEMB-2] an invite into a group is accepted once, and lets in who is no friend of the others", async () => {
  const [owner, member] = await friends("owner", "member");
  if (!owner || !member) throw new Error("Two were asked for.");
  const guest = await signUp("guest");
  const id = await group(owner, member);
  const body = { kind: "group", account_id: guest.id, conversation_id: id };
  expect(await failure(await invite(member, body))).toEqual({ status: 403, code: "NOT_ALLOWED" });
  await setRole(owner, id, member, "admin");
  const device = await connect(guest);
  expect((await accept(guest, await invite(member, body))).status).toBe(200);
  await device.frame({ type: "conversation", conversation_id: id, change: "added" });
  const seen = await api("GET", `/conversations/${id}`, { token: guest.token });
  expect(await seen.json()).toMatchObject({ role: "member", member_count: 3 });
});

it("[INVITE-9] who was removed does not come back by an invite from before they came in by a link", async () => {
  const [owner, member] = await friends("owner", "member");
  if (!owner || !member) throw new Error("Two were asked for.");
  const guest = await signUp("guest");
  const id = await group(owner, member);
  const invited = (person: Person) => ({ kind: "group", account_id: person.id, conversation_id: id });
  const open = await invite(owner, invited(guest));
  const link = await api("POST", `/conversations/${id}/links`, { token: owner.token, json: {} });
  const { token } = await link.json<{ token: string }>();
  expect((await api("POST", `/links/${token}/join`, { token: guest.token })).status).toBe(200);
  expect((await remove(owner, id, guest)).status).toBe(204);
  expect(await failure(await accept(guest, open))).toEqual(INVITE_CLOSED);
  expect(await failure(await api("GET", `/conversations/${id}/messages`, { token: guest.token }))).toMatchObject({
    code: "CONVERSATION_UNKNOWN",
  });
  // A new invite is a new decision.
  expect((await accept(guest, await invite(owner, invited(guest)))).status).toBe(200);
});

it("[INVITE-9] an invite is closed at once when its group is gone, or who sent it has left or leads no more", async () => {
  const ends: ((owner: Person, id: string, member: Person) => Promise<unknown>)[] = [
    (owner, id, member) => remove(member, id, member).then(() => remove(owner, id, owner)),
    (_, id, member) => remove(member, id, member),
    (owner, id, member) => setRole(owner, id, member, "member"),
  ];
  for (const end of ends) {
    const [owner, member] = await friends("owner", "member");
    if (!owner || !member) throw new Error("Two were asked for.");
    const guest = await signUp("guest");
    const id = await group(owner, member);
    await setRole(owner, id, member, "admin");
    const sent = await invite(member, { kind: "group", account_id: guest.id, conversation_id: id });
    await end(owner, id, member);
    for (const _ of [1, 2]) expect(await failure(await accept(guest, sent.clone()))).toEqual(INVITE_CLOSED);
  }
});

it("[INVITE-12] an invite shows what its group is called, also when it was just renamed", async () => {
  const [owner, member] = await friends("owner", "member");
  if (!owner || !member) throw new Error("Two were asked for.");
  const guest = await signUp("guest");
  const id = await group(owner, member);
  const rename = (name: string) => api("PATCH", `/conversations/${id}`, { token: owner.token, json: { name } });
  await rename("Second");
  await invite(owner, { kind: "group", account_id: guest.id, conversation_id: id });
  const names = async () => (await invitesOf(guest)).map(({ conversation_name: name }) => name);
  expect(await names()).toEqual(["Second"]);
  await rename("Third");
  await expect.poll(names, { timeout: 10_000 }).toEqual(["Third"]);
  await becomeFriends(owner, guest);
  expect(await names()).toEqual([null, "Third"]);
  const [pending] = (await invitesOf(guest)).filter(({ kind }) => kind === "group");
  await api("POST", `/invites/${pending?.id}/reject`, { token: guest.token });
  expect(await names()).toEqual([null, null]);
});

it("[INVITE-2] who is in a group is invited to nothing", async () => {
  const [owner, member] = await friends("owner", "member");
  if (!owner || !member) throw new Error("Two were asked for.");
  const id = await group(owner, member);
  const answer = await invite(owner, { kind: "group", account_id: member.id, conversation_id: id });
  expect(await failure(answer)).toEqual({ status: 409, code: "ALREADY_MEMBER" });
});

it("[WS-12] friends see each other come and go, and devices hear of friendships", async () => {
  const [alice, bob] = [await signUp("alice"), await signUp("bob")];
  const a = await connect(alice);
  await becomeFriends(bob, alice);
  expect(await a.frame({ type: "friend" })).toMatchObject({ account_id: bob.id, state: "added" });
  const friend = async () => {
    const list = await api("GET", "/friends", { token: bob.token });
    return (await list.json<{ friends: { online: boolean; last_seen: number | null }[] }>()).friends[0];
  };
  expect(await friend()).toMatchObject({ id: alice.id, online: true, last_seen: null });
  a.close();
  await expect.poll(friend).toMatchObject({ online: false, last_seen: expect.any(Number) });
});

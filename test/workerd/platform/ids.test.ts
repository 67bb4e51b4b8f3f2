/** Ids as clients may write them. */
import { expect, it } from "vitest";
import { connect, Device, direct, directPair, friends, group, upgrade } from "./account-socket.ts";
import { add, membersOf, remove, three } from "./members.ts";
import { api, type Person, signUp } from "./people.ts";
import { befriend, block, invite } from "./social.ts";

function begin({ token }: Person, id: string): Promise<Response> {
  return api("POST", "/conversations", { token, json: { participant_id: id } });
}

it("[ID-1] an upper-case id of a friend begins no second direct conversation", async () => {
  const [alice, bob] = await friends("alice", "bob");
  if (!alice || !bob) throw new Error("Two were asked for.");
  const first = await begin(alice, bob.id.toUpperCase());
  expect(first.status).toBe(201);
  const { id, participant } = await first.json<{ id: string; participant: { id: string } }>();
  expect(participant.id).toBe(bob.id);
  expect(await direct(bob, alice)).toBe(id);
  const again = await begin(alice, bob.id.toUpperCase());
  expect({ status: again.status, ...(await again.json<object>()) }).toMatchObject({ status: 200, id });
  // And unfriending by such an id closes it.
  expect((await api("DELETE", `/friends/${alice.id.toUpperCase()}`, { token: bob.token })).status).toBe(204);
  expect(await (await api("GET", `/conversations/${id}`, { token: bob.token })).json()).toMatchObject({ open: false });
});

it("[ID-1] paths, bodies and frames take either case, and say lower case", async () => {
  const [owner, other, member] = await three();
  const id = await group(owner, other, other);
  const shouted = id.toUpperCase();
  expect((await add(owner, shouted, { ...member, id: member.id.toUpperCase() })).status).toBe(204);
  expect((await membersOf(owner, shouted)).map((entry) => entry.id)).toContain(member.id);
  const sent = await api("POST", `/conversations/${shouted}/messages`, { token: owner.token, json: { content: "Hi" } });
  expect(await sent.json()).toMatchObject({ conversation_id: id });
  expect((await remove(owner, shouted, { ...member, id: member.id.toUpperCase() })).status).toBe(204);
  const device = await connect(owner);
  device.send({ type: "hello", v: 1, conversation_id: shouted });
  await device.frame({ type: "live", conversation_id: id });
  device.send({ type: "send", conversation_id: shouted, id: "m-1", body: "over the socket" });
  await device.frame({ type: "ack", conversation_id: id, id: "m-1" });
  const { webSocket } = await upgrade(`/chat-server/ws?token=${other.token}`);
  if (!webSocket) throw new Error("No socket.");
  new Device(webSocket).send({ conversation_id: shouted, content: "as the first documents have it" });
  expect(await device.frame({ type: "message", seq: 3 })).toMatchObject({ sender: other.id });
});

it("[ID-1] so do links, sessions, tickets, tokens, invites and blocks", async () => {
  const { id, alice, bob } = await directPair();
  const groupId = await group(alice, bob);
  const { token } = alice;
  const link = await api("POST", `/conversations/${groupId}/links`, { token, json: {} });
  const { id: linkId } = await link.json<{ id: string }>();
  const path = `/conversations/${groupId}/links/${linkId.toUpperCase()}`;
  expect((await api("DELETE", path, { token })).status).toBe(204);
  const carol = await signUp("carol");
  await befriend(carol, { ...alice, id: alice.id.toUpperCase() });
  const pending = await invite(bob, carol);
  const accepted = await api("POST", `/invites/${pending.id.toUpperCase()}/accept`, { token: carol.token });
  expect(accepted.status).toBe(200);
  expect((await block(alice, { id: bob.id.toUpperCase() })).status).toBe(204);
  expect(await (await api("GET", `/conversations/${id}`, { token })).json()).toMatchObject({ open: false });
  const [account, ticket] = await ticketOf(alice);
  expect((await upgrade(`/chat-server/ws?ticket=${account?.toUpperCase()}.${ticket}`)).status).toBe(101);
  const [one = "", two = "", secret] = alice.refreshToken.split(".");
  const json = { refresh_token: [one.toUpperCase(), two.toUpperCase(), secret].join(".") };
  expect((await api("POST", "/auth/refresh", { json })).status).toBe(200);
  expect((await api("DELETE", `/auth/sessions/${two.toUpperCase()}`, { token })).status).toBe(204);
});

async function ticketOf({ token }: Person): Promise<string[]> {
  const { ticket } = await (await api("POST", "/ws/ticket", { token })).json<{ ticket: string }>();
  return ticket.split(".");
}

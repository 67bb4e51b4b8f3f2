/** What devices are told of invites and friendships, on sockets as clients have them: nothing is stood in for. */
import { expect, it } from "vitest";
import { InboxEvent } from "../../../protocol/platform/inbox-events.ts";
import type { Invite } from "../../../protocol/platform/invites.ts";
import { connect, Device, group, upgrade } from "./account-socket.ts";
import { three } from "./members.ts";
import { api, type Person, signIn, signUp, verifyEmail } from "./people.ts";
import { accept, askToBeFriends, block, cancel, invite, invitesOf, reject } from "./social.ts";

/** What a device was told so far about invites and friends, each as the protocol has it. */
function eventsOf(device: Device): InboxEvent[] {
  const frames = device.frames.filter(({ type }) => type === "invite" || type === "friend");
  return frames.map((frame) => InboxEvent.parse(frame));
}

async function untilTold(device: Device, count: number): Promise<InboxEvent[]> {
  await device.until(() => eventsOf(device).length >= count);
  return eventsOf(device);
}

/** Two of each. */
function devicesOf(...people: readonly Person[]): Promise<Device[]> {
  return Promise.all(people.flatMap((person) => [connect(person), signIn(person).then((again) => connect(again))]));
}

/** As the clients of the first documents connect. */
async function seedDevice({ token }: Person): Promise<Device> {
  const { webSocket } = await upgrade(`/chat-server/ws?token=${token}`);
  if (!webSocket) throw new Error("No socket.");
  return new Device(webSocket);
}

const friend = ({ id, username }: Person, state: "added" | "removed") => ({
  type: "friend",
  account_id: id,
  username,
  state,
});

it("[INVITE-10] all devices of both sides hear what becomes of an invite, as the list has it", async () => {
  const [alice, bob] = [await signUp("alice"), await signUp("bob")];
  const devices = await devicesOf(alice, bob);
  const seed = await seedDevice(bob);
  const told: InboxEvent[] = [];
  const expectTold = async (invite: Invite, status: Invite["status"]) => {
    told.push({ type: "invite", invite: { ...invite, status } });
    for (const device of devices) expect(await untilTold(device, told.length)).toEqual(told);
  };

  const first = await invite(alice, bob);
  expect(first).toMatchObject({ kind: "friend", status: "pending", from: { id: alice.id }, to: { id: bob.id } });
  await expectTold(first, "pending");
  expect(await invitesOf(bob)).toEqual([first]);
  await reject(bob, first);
  await expectTold(first, "rejected");

  const second = await invite(alice, bob);
  await expectTold(second, "pending");
  await cancel(alice, second);
  await expectTold(second, "cancelled");
  // Frames that the first documents lack go to nobody who speaks theirs.
  expect(seed.frames).toEqual([]);
});

it("[INVITE-10] the devices of who blocks hear that an invite ended by it, those of who is blocked hear nothing", async () => {
  const [alice, bob] = [await signUp("alice"), await signUp("bob")];
  const [a, other, b] = [await connect(alice), await connect(await signIn(alice)), await connect(bob)];
  const sent = await invite(bob, alice);
  for (const device of [a, other, b]) await untilTold(device, 1);
  expect((await block(alice, bob)).status).toBe(204);
  for (const device of [a, other]) {
    expect((await untilTold(device, 2)).at(-1)).toEqual({ type: "invite", invite: { ...sent, status: "cancelled" } });
  }
  b.ping();
  await b.frame({ type: "pong" });
  expect(eventsOf(b)).toHaveLength(1);
});

it("[INVITE-10] all devices of both hear of every invite that a friendship settled, the email's too", async () => {
  const [alice, bob] = [await signUp("alice"), await signUp("bob")];
  await verifyEmail(bob);
  const devices = await devicesOf(alice, bob);
  const sent = [await invite(alice, bob.email), await invite(alice, bob)];
  for (const device of devices) await untilTold(device, 2);
  expect((await askToBeFriends(bob, alice)).status).toBe(200);
  for (const device of devices) {
    const told = (await untilTold(device, 5)).filter((event) => event.type === "invite").slice(2);
    const ids = told.map(({ invite: { id, status } }) => ({ id, status }));
    expect(ids).toHaveLength(2);
    expect(ids).toEqual(expect.arrayContaining(sent.map(({ id }) => ({ id, status: "accepted" }))));
  }
});

it("[FRIEND-2] all devices of both hear that they are friends, and that they are no longer", async () => {
  const [alice, bob] = [await signUp("alice"), await signUp("bob")];
  const [a, other, b] = [await connect(alice), await connect(await signIn(alice)), await connect(bob)];
  const sent = await invite(alice, bob);
  // What is told of one thing may overtake what is told of another.
  for (const device of [a, other, b]) await untilTold(device, 1);
  expect((await accept(bob, sent)).status).toBe(200);
  const told = [sent, { ...sent, status: "accepted" }].map((invite) => ({ type: "invite", invite }));
  for (const [device, who] of [[a, bob] as const, [other, bob] as const, [b, alice] as const]) {
    expect(await untilTold(device, 3)).toEqual(expect.arrayContaining([...told, friend(who, "added")]));
  }
  expect((await api("DELETE", `/friends/${alice.id}`, { token: bob.token })).status).toBe(204);
  for (const device of [a, other]) expect((await untilTold(device, 4)).at(-1)).toEqual(friend(bob, "removed"));
  expect((await untilTold(b, 4)).at(-1)).toEqual(friend(alice, "removed"));
});

it("[INVITE-3] both devices hear of a friendship that came of invites that crossed", async () => {
  const [alice, bob] = [await signUp("alice"), await signUp("bob")];
  const [a, b] = [await connect(alice), await connect(bob)];
  await Promise.all([askToBeFriends(alice, bob), askToBeFriends(bob, alice)]);
  await a.frame(friend(bob, "added"));
  await b.frame(friend(alice, "added"));
  for (const device of [a, b]) {
    expect(device.all({ type: "friend" })).toHaveLength(1);
    await device.until(() =>
      eventsOf(device).some((event) => event.type === "invite" && event.invite.status === "accepted"),
    );
  }
});

it("[INVITE-9] an invite into a group is heard of, then the group, then what is said in it", async () => {
  const [owner, member] = await three();
  const guest = await signUp("guest");
  const id = await group(owner, member);
  const [o, g] = [await connect(owner, id), await connect(guest)];
  const json = { kind: "group", account_id: guest.id, conversation_id: id };
  const sent = await api("POST", "/invites", { token: owner.token, json });
  const made = await sent.json<Invite>();
  // The group is younger than what Postgres is written from time to time.
  expect(made.conversation_name).toBe("My Group");
  for (const device of [o, g]) expect(await untilTold(device, 1)).toEqual([{ type: "invite", invite: made }]);
  expect((await accept(guest, made)).status).toBe(200);
  await g.frame({ type: "conversation", conversation_id: id, change: "added" });
  const invite = { ...made, status: "accepted", conversation_name: null };
  for (const device of [o, g]) expect((await untilTold(device, 2))[1]).toEqual({ type: "invite", invite });
  await o.say(id, "Welcome!");
  expect(await g.frame({ type: "message", conversation_id: id })).toMatchObject({ body: "Welcome!" });
});

it("[INVITE-7] nobody hears of an invite to an address that is not theirs yet", async () => {
  const [alice, claimant] = [await signUp("alice"), await signUp("claimant")];
  const [a, c] = [await connect(alice), await connect(claimant)];
  const sent = await invite(alice, claimant.email);
  expect(await untilTold(a, 1)).toEqual([{ type: "invite", invite: sent }]);
  c.ping();
  await c.frame({ type: "pong" });
  expect(eventsOf(c)).toEqual([]);
  // Once it is theirs, they hear of it, and the sender of nothing.
  await verifyEmail(claimant);
  expect(await untilTold(c, 1)).toMatchObject([{ type: "invite", invite: { id: sent.id, email: null } }]);
  await reject(claimant, sent);
  expect((await untilTold(c, 2))[1]).toMatchObject({ invite: { id: sent.id, status: "rejected" } });
  a.ping();
  await a.frame({ type: "pong" });
  expect(eventsOf(a)).toHaveLength(1);
});

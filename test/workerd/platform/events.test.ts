/** What devices are told of invites and friendships, on sockets as clients have them: nothing is stood in for. */
import { expect, it } from "vitest";
import { InboxEvent } from "../../../protocol/platform/inbox-events.ts";
import { connect, Device, group, upgrade } from "./account-socket.ts";
import { three } from "./members.ts";
import { api, type Person, signIn, signUp } from "./people.ts";
import { accept, askToBeFriends, cancel, invite, invitesOf, reject } from "./social.ts";

/** What a device was told so far about invites and friends, each as the protocol has it. */
function eventsOf(device: Device): InboxEvent[] {
  const frames = device.frames.filter(({ type }) => type === "invite" || type === "friend");
  return frames.map((frame) => InboxEvent.parse(frame));
}

async function untilTold(device: Device, count: number): Promise<InboxEvent[]> {
  await device.until(() => eventsOf(device).length >= count);
  return eventsOf(device);
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

it("[INVITE-1] all devices of both sides hear what becomes of an invite, as the list has it", async () => {
  const [alice, bob] = [await signUp("alice"), await signUp("bob")];
  const a = await connect(alice);
  const devices = [await connect(bob), await connect(await signIn(bob))];
  const seed = await seedDevice(bob);

  const first = await invite(alice, bob);
  expect(first).toMatchObject({ kind: "friend", status: "pending", from: { id: alice.id }, to: { id: bob.id } });
  for (const device of devices) expect(await untilTold(device, 1)).toEqual([{ type: "invite", invite: first }]);
  expect(await invitesOf(bob)).toEqual([first]);
  await reject(bob, first);
  expect(await untilTold(a, 1)).toEqual([{ type: "invite", invite: { ...first, status: "rejected" } }]);

  const second = await invite(alice, bob);
  for (const device of devices) await untilTold(device, 2);
  await cancel(alice, second);
  for (const device of devices) {
    const told = (await untilTold(device, 3)).slice(1);
    const cancelled = { type: "invite", invite: { ...second, status: "cancelled" } };
    expect(told).toEqual([{ type: "invite", invite: second }, cancelled]);
  }
  // Its sender knows already, and frames that the first documents lack go to nobody who speaks theirs.
  expect(eventsOf(a)).toHaveLength(1);
  expect(seed.frames).toEqual([]);
});

it("[FRIEND-2] all devices of both hear that they are friends, and that they are no longer", async () => {
  const [alice, bob] = [await signUp("alice"), await signUp("bob")];
  const [a, other, b] = [await connect(alice), await connect(await signIn(alice)), await connect(bob)];
  const sent = await invite(alice, bob);
  // What is told of one thing may overtake what is told of another.
  await untilTold(b, 1);
  expect((await accept(bob, sent)).status).toBe(200);
  for (const device of [a, other]) {
    expect(await untilTold(device, 2)).toEqual(
      expect.arrayContaining([{ type: "invite", invite: { ...sent, status: "accepted" } }, friend(bob, "added")]),
    );
  }
  expect(await untilTold(b, 2)).toEqual([{ type: "invite", invite: sent }, friend(alice, "added")]);
  expect((await api("DELETE", `/friends/${alice.id}`, { token: bob.token })).status).toBe(204);
  for (const device of [a, other]) expect((await untilTold(device, 3)).at(-1)).toEqual(friend(bob, "removed"));
  expect((await untilTold(b, 3)).at(-1)).toEqual(friend(alice, "removed"));
});

it("[INVITE-3] both devices hear of a friendship that came of invites that crossed", async () => {
  const [alice, bob] = [await signUp("alice"), await signUp("bob")];
  const [a, b] = [await connect(alice), await connect(bob)];
  await Promise.all([askToBeFriends(alice, bob), askToBeFriends(bob, alice)]);
  await a.frame(friend(bob, "added"));
  await b.frame(friend(alice, "added"));
  for (const device of [a, b]) expect(device.all({ type: "friend" })).toHaveLength(1);
});

it("[INVITE-9] an invite into a group is heard of, then the group, then what is said in it", async () => {
  const [owner, member] = await three();
  const guest = await signUp("guest");
  const id = await group(owner, member);
  const [o, g] = [await connect(owner, id), await connect(guest)];
  const json = { kind: "group", account_id: guest.id, conversation_id: id };
  const sent = await api("POST", "/invites", { token: owner.token, json });
  const made = await sent.json<{ id: string }>();
  expect(await untilTold(g, 1)).toEqual([{ type: "invite", invite: made }]);
  expect((await accept(guest, made)).status).toBe(200);
  await g.frame({ type: "conversation", conversation_id: id, change: "added" });
  expect(await untilTold(o, 1)).toEqual([{ type: "invite", invite: { ...made, status: "accepted" } }]);
  await o.say(id, "Welcome!");
  expect(await g.frame({ type: "message", conversation_id: id })).toMatchObject({ body: "Welcome!" });
});

it("[INVITE-7] nobody hears of an invite to an address that is not theirs yet", async () => {
  const [alice, claimant] = [await signUp("alice"), await signUp("claimant")];
  const [a, c] = [await connect(alice), await connect(claimant)];
  await invite(alice, claimant.email);
  for (const device of [a, c]) {
    device.ping();
    await device.frame({ type: "pong" });
    expect(eventsOf(device)).toEqual([]);
  }
});

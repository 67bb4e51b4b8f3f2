/** Several devices of a person, and coming back. */
import { describe, expect, it } from "vitest";
import { AccountPong } from "../../../protocol/platform/account-frames.ts";
import {
  connect,
  conversationStub,
  direct,
  directPair,
  evict,
  friends,
  group,
  inboxStub,
  open,
} from "./account-socket.ts";
import { setLimits } from "../outage.ts";
import { signIn } from "./people.ts";

it("[WS-5] a pong tells where the 16 conversations stand that were pushed last", async () => {
  const [owner, member] = await friends("owner", "member");
  if (!owner || !member) throw new Error("Two were asked for.");
  const ids: string[] = [];
  for (let count = 0; count < 17; count += 1) ids.push(await group(owner, member));
  const [o, m] = [await connect(owner), await connect(member, ...ids)];
  const [first = "", second = "", ...others] = ids;
  for (const [seq, id] of [...ids.map((id) => [1, id] as const), [2, first] as const]) {
    await o.say(id, "hello");
    await m.frame({ type: "message", conversation_id: id, seq });
  }
  m.ping();
  const pong = AccountPong.parse(await m.frame({ type: "pong" }));
  const stands = pong.conversations.map(({ conversation_id, head }) => [conversation_id, head]);
  expect(stands).toEqual([...others.map((id) => [id, 1]), [first, 2]]);
  expect(JSON.stringify(pong)).not.toContain(second);
});

describe("several devices", () => {
  it("[WS-12] stay in step, the sender's own included", async () => {
    const { id, alice, a, b } = await directPair();
    const phone = await connect(await signIn(alice), id);
    const tablet = await connect(alice);
    await a.say(id, "from the laptop");
    await phone.say(id, "from the phone");
    await b.say(id, "from Bob");
    for (const device of [a, b, phone, tablet]) {
      await device.frame({ type: "message", seq: 3 });
      expect(device.all({ type: "message" }).map(({ seq, body }) => [seq, body])).toEqual([
        [1, "from the laptop"],
        [2, "from the phone"],
        [3, "from Bob"],
      ]);
    }
    // An answer is for the device that asked.
    expect(phone.all({ type: "ack" })).toHaveLength(1);
  });

  it("[WS-13] presence is of people: it changes with the first device and with the last", async () => {
    const { id, bob, a, b } = await directPair();
    await a.frame({ type: "presence", name: bob.id, online: true });
    const phone = await connect(bob, id);
    b.close();
    await phone.say(id, "still here");
    expect(a.all({ type: "presence", online: false })).toEqual([]);
    phone.close();
    const left = await a.frame({ type: "presence", name: bob.id, online: false });
    expect(left["lastSeen"]).toEqual(expect.any(Number));
  });

  it("[WS-13] in a large conversation nobody is told who comes and goes", async () => {
    setLimits({ PRESENCE_MEMBERS: 2 });
    const [alice, bob, carol] = await friends("alice", "bob", "carol");
    if (!alice || !bob || !carol) throw new Error("Three were asked for.");
    const id = await group(alice, bob, carol);
    const a = await connect(alice, id);
    const b = await connect(bob, id);
    await b.say(id, "here");
    await a.frame({ type: "message", seq: 1 });
    setLimits({ PRESENCE_MEMBERS: 100 });
    expect(a.all({ type: "presence" })).toEqual([]);
    const late = await connect(carol, id);
    const { members } = await late.frame({ type: "welcome", conversation_id: id });
    expect(members).toEqual(expect.arrayContaining([expect.objectContaining({ name: bob.id, online: true })]));
  });

  it("[WS-14] outlive the hibernation of their Inbox, and of the conversation", async () => {
    const { id, alice, bob, a, b } = await directPair();
    await a.say(id, "one");
    await evict(inboxStub(alice.id));
    await evict(inboxStub(bob.id));
    await b.say(id, "two");
    expect(await a.frame({ type: "message", seq: 2 })).toMatchObject({ body: "two" });
    await evict(conversationStub(id));
    await a.say(id, "three");
    expect(await b.frame({ type: "message", seq: 3 })).toMatchObject({ body: "three" });
  });
});

describe("resuming", () => {
  it("[WS-15] many conversations at once: of each exactly what followed", async () => {
    const [alice, bob] = await friends("alice", "bob");
    if (!alice || !bob) throw new Error("Two were asked for.");
    const ids = [await direct(alice, bob), await group(alice, bob), await group(bob, alice)];
    const a = await connect(alice, ...ids);
    const b = await connect(bob, ...ids);
    for (const id of ids) await b.say(id, "before");
    const epochs = await Promise.all(
      ids.map(async (conversation_id) => (await a.frame({ type: "welcome", conversation_id }))["epoch"]),
    );
    for (const id of ids) await a.frame({ type: "message", seq: 1, conversation_id: id });
    a.close();
    for (const id of ids) {
      await b.say(id, "missed");
      await b.say(id, "missed too");
    }
    const back = await open(alice);
    const openings = ids.map((conversation_id, index) => ({ conversation_id, epoch: epochs[index], since: 1 }));
    const welcome = await back.hello(...openings);
    expect(welcome["conversations"]).toEqual(
      expect.arrayContaining(ids.map((conversation_id) => expect.objectContaining({ conversation_id }))),
    );
    for (const conversation_id of ids) {
      const frames = back.all({ conversation_id }).filter(({ type }) => type !== "presence");
      expect(frames.map(({ type, seq, head, recovered }) => [type, seq ?? head, recovered])).toEqual([
        ["welcome", 3, true],
        ["message", 2, undefined],
        ["message", 3, undefined],
        ["live", 3, undefined],
      ]);
    }
  });

  it("[WS-15] as many as fit may be named at once, and a later hello names more", async () => {
    const { id, alice } = await directPair();
    const device = await open(alice);
    // A full account's list, and what it has left since.
    const unknown = Array.from({ length: 2_000 }, () => ({ conversation_id: crypto.randomUUID() }));
    device.send({ type: "hello", v: 1, conversations: [...unknown, { conversation_id: id }] });
    await device.frame({ type: "live", conversation_id: id });
    expect(device.all({ type: "conversation", change: "removed" })).toHaveLength(2_000);
    device.send({ type: "hello", v: 1, conversations: unknown.slice(0, 600) });
    await device.until(() => device.all({ type: "conversation" }).length === 2_600);
    device.send({ type: "hello", v: 1, conversations: Array.from({ length: 3_000 }, () => unknown[0]) });
    expect(await device.closing()).toEqual({ code: 4000, reason: "FRAME_TOO_LARGE" });
  });

  it("[WS-16] a foreign epoch or too much seen is not recovered; changes of the same moment come once", async () => {
    const { id, alice, a, b } = await directPair();
    await a.say(id, "one");
    const { epoch } = await a.frame({ type: "welcome", conversation_id: id });
    for (const [opening, recovered] of [
      [{ epoch: "other", since: 1 }, false],
      [{ epoch, since: 0 }, true],
      [{ epoch, since: 1 }, true],
      [{ since: 1 }, false],
      [{}, false],
      [{ epoch, since: 9 }, false],
    ] as const) {
      const device = await open(alice);
      device.send({ type: "hello", v: 1, conversations: [{ conversation_id: id, ...opening }] });
      expect(await device.frame({ type: "welcome", conversation_id: id })).toMatchObject({ recovered, head: 1 });
      device.close();
    }
    const busy = await open(alice);
    busy.send({ type: "hello", v: 1, conversations: [{ conversation_id: id, epoch, since: 0 }] });
    for (let count = 0; count < 20; count += 1) {
      b.send({ type: "send", conversation_id: id, id: `b-${count}`, body: `b ${count}` });
    }
    await busy.frame({ type: "message", seq: 21 });
    expect(busy.all({ type: "message" }).map(({ seq }) => seq)).toEqual(
      Array.from({ length: 21 }, (_, index) => index + 1),
    );
  });
});

/** The frames of the first documents, for clients that name no subprotocol. */
import { expect, it, vi } from "vitest";
import {
  connect,
  conversationStub,
  Device,
  direct,
  directPair,
  disturb,
  evict,
  friends,
  inboxStub,
  upgrade,
} from "./account-socket.ts";
import { api, type Person } from "./people.ts";

async function bare({ token }: Person): Promise<Device> {
  const { webSocket, headers } = await upgrade(`/chat-server/ws?token=${token}`);
  if (!webSocket) throw new Error("No socket.");
  expect(headers.get("Sec-WebSocket-Protocol")).toBeNull();
  return new Device(webSocket);
}

it("[WS-17] messages go in and out, from and to devices of either kind; nothing else comes", async () => {
  const { id, alice, bob, a, b } = await directPair();
  const phone = await bare(bob);
  await a.say(id, "Hello", "m-1");
  expect(await phone.until(() => phone.frames[0])).toEqual({
    id: "m-1",
    conversation_id: id,
    sender_id: alice.id,
    sender_username: alice.username,
    content: "Hello",
    type: "text",
    sent_at: expect.any(Number),
  });
  phone.send({ conversation_id: id, content: "Hi" });
  expect(await a.frame({ type: "message", seq: 2 })).toMatchObject({ sender: bob.id, body: "Hi" });
  a.send({ type: "edit", conversation_id: id, id: "e-1", seq: 1, body: "Hello!" });
  a.send({ type: "typing", conversation_id: id, on: true });
  await b.frame({ type: "typing" });
  await evict(inboxStub(bob.id));
  await a.say(id, "last");
  await phone.frame({ content: "last" });
  expect(phone.frames.map(({ content }) => content)).toEqual(["Hello", "Hi", "last"]);
});

it("[WS-17] what was refused is answered with the failure body, and the socket stays", async () => {
  const { id, alice, a } = await directPair();
  const phone = await bare(alice);
  const elsewhere = crypto.randomUUID();
  for (const [text, code] of [
    ["nonsense", "BAD_JSON"],
    ["{}", "CONVERSATION_UNKNOWN"],
    [`{"conversation_id":"${id}"}`, "BODY_INVALID"],
    [`{"conversation_id":"${id}","content":""}`, "MESSAGE_EMPTY"],
    [`{"conversation_id":"${elsewhere}","content":"x"}`, "CONVERSATION_UNKNOWN"],
    [`{"conversation_id":"${id}","content":"${"x".repeat(17_000)}"}`, "BODY_TOO_LARGE"],
  ] as const) {
    const count = phone.frames.length;
    phone.sendText(text);
    const answer = await phone.until(() => phone.frames[count]);
    expect(answer).toMatchObject({ status: "Failed", error: { code, requestId: expect.any(String) } });
  }
  expect(phone.frames[5]).toMatchObject({ error: { message: expect.stringContaining("16 KiB on a socket") } });
  phone.send({ conversation_id: id, content: 5 });
  expect(await phone.until(() => phone.frames[6])).toMatchObject({ error: { details: ["content"] } });
  phone.send({ conversation_id: id, content: "still here" });
  expect(await a.frame({ type: "message" })).toMatchObject({ seq: 1, body: "still here" });
});

it("[WS-18] such a client gets what is said as soon as its upgrade was answered", async () => {
  const [alice, bob] = await friends("alice", "bob");
  if (!alice || !bob) throw new Error("Two were asked for.");
  const id = await direct(alice, bob);
  const restore = await disturb(conversationStub(id), "receive", async (pass) => {
    await new Promise((resolve) => setTimeout(resolve, 300));
    return pass();
  });
  const phone = await bare(bob);
  const sent = await api("POST", `/conversations/${id}/messages`, {
    token: alice.token,
    json: { content: "Hey Bob!" },
  });
  expect(sent.status).toBe(201);
  expect(await phone.frame({ content: "Hey Bob!" })).toBeDefined();
  restore();
});

it("[WS-18] a conversation that does not answer keeps it waiting for 2 s", async () => {
  const [alice, bob] = await friends("alice", "bob");
  if (!alice || !bob) throw new Error("Two were asked for.");
  const id = await direct(alice, bob);
  let hasAnswered = false;
  const restore = await disturb(conversationStub(id), "receive", async (pass) => {
    await new Promise((resolve) => setTimeout(resolve, 4_000));
    hasAnswered = true;
    return pass();
  });
  const startedAt = performance.now();
  const phone = await bare(bob);
  const waited = performance.now() - startedAt;
  restore();
  expect(waited).toBeGreaterThan(1_500);
  expect(hasAnswered).toBe(false);
  // What is said from its devices waits no less, in order.
  phone.send({ conversation_id: id, content: "Hi" });
  expect(await phone.frame({ content: "Hi" })).toBeDefined();
});

it("[WS-17] such a client need not ping: only its close ends it", async () => {
  const { id, alice, bob } = await directPair();
  const phone = await bare(bob);
  vi.useFakeTimers({ now: Date.now() + 120_000, toFake: ["Date"] });
  const other = await connect(alice, id);
  await other.say(id, "after two minutes");
  vi.useRealTimers();
  expect(await phone.frame({ content: "after two minutes" })).toBeDefined();
});

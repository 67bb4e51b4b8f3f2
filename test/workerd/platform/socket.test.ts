/** The account socket: one for all conversations of a device. */
import { runInDurableObject } from "cloudflare:test";
import { afterEach, describe, expect, it, vi } from "vitest";
import { stopClock } from "../outage.ts";
import { failure } from "../pair.ts";
import { connect, Device, direct, directPair, friends, inboxStub, open, upgrade } from "./account-socket.ts";
import { api, signIn, signUp } from "./people.ts";

afterEach(() => {
  vi.useRealTimers();
});

describe("opening", () => {
  it("[WS-1] takes a token as a subprotocol, in the address, or a ticket", async () => {
    const person = await signUp();
    const device = await open(person);
    expect(await device.hello()).toEqual({
      type: "welcome",
      v: 1,
      self: person.id,
      username: person.username,
      conversations: [],
    });
    expect((await upgrade(`/chat-server/ws?token=${person.token}`)).status).toBe(101);
    // Other protocols' names are no tokens, and no token counts in a list without ours.
    const protocol = { "Sec-WebSocket-Protocol": "chat, superchat" };
    const seed = await upgrade(`/chat-server/ws?token=${person.token}`, protocol);
    expect(seed.status).toBe(101);
    expect(seed.headers.get("Sec-WebSocket-Protocol")).toBeNull();
    const misplaced = await upgrade("/chat-server/ws", { "Sec-WebSocket-Protocol": `chat, ${person.token}` });
    expect(await failure(misplaced)).toEqual({ status: 401, code: "UNAUTHENTICATED" });
    const answer = await api("POST", "/ws/ticket", { token: person.token });
    expect(answer.status).toBe(201);
    const { ticket, expires_in: seconds } = await answer.json<{ ticket: string; expires_in: number }>();
    expect(seconds).toBe(30);
    const headers = { "Sec-WebSocket-Protocol": "duet.v1" };
    const opened = await upgrade(`/chat-server/ws?ticket=${ticket}`, headers);
    if (!opened.webSocket) throw new Error("No socket.");
    expect(await new Device(opened.webSocket).hello()).toMatchObject({ self: person.id });
    // Once.
    const again = await upgrade(`/chat-server/ws?ticket=${ticket}`, headers);
    expect(await failure(again)).toEqual({ status: 401, code: "TICKET_INVALID" });
  });

  it("[WS-2] is refused without a session that stands, a ticket that is good, or an upgrade", async () => {
    const person = await signUp();
    const ended = await signIn(person);
    const ticketOf = async (token: string) =>
      (await (await api("POST", "/ws/ticket", { token })).json<{ ticket: string }>()).ticket;
    const endedTicket = await ticketOf(ended.token);
    await api("POST", "/auth/logout", { token: ended.token });
    const cases = [
      ["", "UNAUTHENTICATED"],
      ["?token=", "UNAUTHENTICATED"],
      ["?token=nonsense", "UNAUTHENTICATED"],
      [`?token=${person.refreshToken}`, "UNAUTHENTICATED"],
      [`?token=${ended.token}`, "UNAUTHENTICATED"],
      [`?ticket=${endedTicket}`, "UNAUTHENTICATED"],
      ["?ticket=", "TICKET_INVALID"],
      ["?ticket=../x.y", "TICKET_INVALID"],
      [`?ticket=${person.id}.nonsense`, "TICKET_INVALID"],
      [`?ticket=${crypto.randomUUID()}.nonsense`, "TICKET_INVALID"],
    ];
    for (const [query, code] of cases) {
      expect({ query, ...(await failure(await upgrade(`/chat-server/ws${query}`))) }).toEqual({
        query,
        status: 401,
        code,
      });
    }
    const plain = await upgrade(`/chat-server/ws?token=${person.token}`, { Upgrade: "h2c" });
    expect(await failure(plain)).toEqual({ status: 426, code: "UPGRADE_REQUIRED" });
    const foreign = await upgrade(`/chat-server/ws?token=${person.token}`, { Origin: "https://evil.test" });
    expect(await failure(foreign)).toEqual({ status: 403, code: "ORIGIN_FORBIDDEN" });
  });

  it("[WS-3] a ticket is good for 30 s", async () => {
    const person = await signUp();
    const { ticket } = await (await api("POST", "/ws/ticket", { token: person.token })).json<{ ticket: string }>();
    vi.useFakeTimers({ now: Date.now() + 30_001, toFake: ["Date"] });
    const late = await upgrade(`/chat-server/ws?ticket=${ticket}`);
    expect(await failure(late)).toEqual({ status: 401, code: "TICKET_INVALID" });
  });

  it("[WS-4] an account may have 10 sockets", async () => {
    const person = await signUp();
    for (let count = 0; count < 10; count += 1) await open(person);
    const response = await upgrade(`/chat-server/ws?token=${person.token}`);
    expect(await failure(response)).toEqual({ status: 429, code: "TOO_MANY_SOCKETS" });
  });

  it("[WS-5] first comes hello; what is no frame of the protocol closes the socket with 4000 and the reason", async () => {
    const person = await signUp();
    const conversation_id = crypto.randomUUID();
    for (const [text, reason] of [
      ["nonsense", "PROTOCOL"],
      ['{"type":"typing","on":true}', "PROTOCOL"],
      [JSON.stringify({ type: "send", id: "m", body: "x", conversation_id }), "PROTOCOL"],
      [JSON.stringify({ type: "hello", v: 1, conversation_id }), "PROTOCOL"],
      ['{"type":"hello","v":2}', "VERSION"],
      ['{"type":"hello","v":1,"conversations":[{}]}', "PROTOCOL"],
      [JSON.stringify({ type: "x".repeat(17_000) }), "FRAME_TOO_LARGE"],
    ] as const) {
      const device = await open(person);
      device.sendText(text);
      expect({ text, ...(await device.closing()) }).toEqual({ text, code: 4000, reason });
    }
    const live = await connect(person);
    live.send({ type: "from the future", conversation_id });
    live.send({ type: "delivered", seq: 1, conversation_id });
    live.ping();
    expect(await live.frame({ type: "pong" })).toEqual({ type: "pong", conversations: [] });
    live.send({ type: "delivered", seq: 1 });
    expect(await live.closing()).toEqual({ code: 4000, reason: "PROTOCOL" });
  });
});

describe("the end of a session", () => {
  it("[WS-6] closes its sockets within a second: logout, a changed password, deletion, the token's end", async () => {
    const person = await signUp();
    const [phone, tablet] = [await signIn(person), await signIn(person)];
    const [laptopDevice, phoneDevice, tabletDevice] = [
      await connect(person),
      await connect(phone),
      await connect(tablet),
    ];
    await api("POST", "/auth/logout", { token: phone.token });
    expect(await phoneDevice.closing()).toEqual({ code: 4000, reason: "REVOKED" });
    const json = { current_password: person.password, new_password: "another password" };
    await api("PUT", "/auth/password", { token: person.token, json });
    expect(await tabletDevice.closing()).toEqual({ code: 4000, reason: "REVOKED" });
    expect(laptopDevice.closed).toBeUndefined();
    await api("DELETE", "/users/me", { token: person.token });
    expect(await laptopDevice.closing()).toEqual({ code: 4000, reason: "REVOKED" });
  });

  it("[WS-7] a token that runs out closes the socket, although nothing is said", async () => {
    const person = await signUp();
    const device = await connect(person);
    const stub = inboxStub(person.id);
    const alarmAt = await runInDurableObject(stub, (_, { storage }) => storage.getAlarm());
    expect((alarmAt ?? 0) - Date.now()).toBeGreaterThan(14 * 60_000);
    expect((alarmAt ?? 0) - Date.now()).toBeLessThanOrEqual(15 * 60_000);
    vi.useFakeTimers({ now: (alarmAt ?? 0) + 1, toFake: ["Date"] });
    await runInDurableObject(stub, (inbox) => inbox.alarm());
    expect(await device.closing()).toEqual({ code: 4000, reason: "UNAUTHENTICATED" });
  });
});

describe("frames", () => {
  it("[WS-8] are the pair chat's, each with its conversation", async () => {
    const { id, alice, bob, a, b } = await directPair();
    const ack = await a.say(id, "Hello", "m-1");
    expect(ack).toEqual({ conversation_id: id, type: "ack", id: "m-1", seq: 1, at: expect.any(Number) });
    const message = await b.frame({ type: "message" });
    expect(message).toEqual({
      conversation_id: id,
      type: "message",
      seq: 1,
      sender: alice.id,
      at: ack["at"],
      id: "m-1",
      body: "Hello",
    });
    b.send({ type: "edit", conversation_id: id, id: "e-1", seq: 1, body: "no" });
    expect(await b.frame({ type: "nack" })).toMatchObject({
      conversation_id: id,
      id: "e-1",
      code: "MESSAGE_NOT_YOURS",
    });
    a.send({ type: "edit", conversation_id: id, id: "e-2", seq: 1, body: "Hello there" });
    expect(await b.frame({ type: "edited" })).toMatchObject({ seq: 2, target: 1, body: "Hello there" });
    b.send({ type: "react", conversation_id: id, id: "r-1", seq: 1, emoji: "👋" });
    expect(await a.frame({ type: "reaction" })).toMatchObject({ seq: 3, sender: bob.id, emoji: "👋" });
    a.send({ type: "delete", conversation_id: id, id: "d-1", seq: 1 });
    expect(await b.frame({ type: "deleted" })).toMatchObject({ seq: 4, target: 1, sender: alice.id });
    a.send({ type: "send", conversation_id: id, id: "m-1", body: "Hello" });
    await a.until(() => a.all({ type: "ack", id: "m-1" }).length === 2);
    expect(a.all({ type: "ack", id: "m-1" }).map(({ seq }) => seq)).toEqual([1, 1]);
    expect(a.all({ type: "message" })).toHaveLength(1);
  });

  it("[WS-9] typing, delivered and read are told to the others; marks only rise", async () => {
    const { id, alice, bob, a, b } = await directPair();
    await a.say(id, "one");
    await b.frame({ type: "message", seq: 1 });
    b.send({ type: "typing", conversation_id: id, on: true });
    expect(await a.frame({ type: "typing" })).toEqual({ conversation_id: id, type: "typing", name: bob.id, on: true });
    b.send({ type: "delivered", conversation_id: id, seq: 1 });
    b.send({ type: "read", conversation_id: id, seq: 1 });
    const receipt = { type: "receipt", name: bob.id, readSeq: 1, deliveredSeq: 1 };
    expect(await a.frame(receipt)).toEqual({ conversation_id: id, ...receipt });
    b.send({ type: "read", conversation_id: id, seq: 99 });
    await b.say(id, "two");
    expect(a.all({ type: "receipt", name: bob.id })).toHaveLength(2);
    expect(b.all({ type: "typing" })).toEqual([]);
    const late = await connect(alice, id);
    expect((await late.frame({ type: "welcome", conversation_id: id }))["members"]).toEqual(
      expect.arrayContaining([expect.objectContaining({ name: bob.id, readSeq: 1, username: bob.username })]),
    );
  });

  it("[WS-10] of a conversation that one is not in are refused, whether or not there is one", async () => {
    const [alice, bob, eve] = await friends("alice", "bob", "eve");
    if (!alice || !bob || !eve) throw new Error("Three were asked for.");
    const id = await direct(alice, bob);
    const device = await connect(eve);
    for (const conversation_id of [id, crypto.randomUUID()]) {
      device.send({ type: "send", conversation_id, id: `m-${conversation_id}`, body: "x" });
      expect(await device.frame({ type: "nack", conversation_id })).toMatchObject({ code: "CONVERSATION_UNKNOWN" });
      device.send({ type: "hello", v: 1, conversation_id });
      expect(await device.frame({ type: "conversation", conversation_id })).toMatchObject({ change: "removed" });
    }
    device.send({ type: "send", id: "m-2", body: "x" });
    expect(await device.frame({ type: "nack", id: "m-2" })).toMatchObject({ code: "CONVERSATION_UNKNOWN" });
  });

  it("[WS-11] malformed changes get a nack; who floods is cut off, and nobody else notices", async () => {
    const { id, a, b } = await directPair();
    a.send({ type: "send", conversation_id: id, id: "m-1", body: "" });
    expect(await a.frame({ type: "nack", id: "m-1" })).toMatchObject({ code: "MESSAGE_EMPTY", conversation_id: id });
    stopClock();
    for (let count = 0; count < 400; count += 1) {
      a.send({ type: "send", conversation_id: id, id: `f-${count}`, body: "x" });
    }
    expect(await a.closing()).toEqual({ code: 4000, reason: "TOO_FAST" });
    expect(a.all({ type: "nack", code: "TOO_FAST" }).length).toBeGreaterThan(100);
    await b.say(id, "still here");
  });
});

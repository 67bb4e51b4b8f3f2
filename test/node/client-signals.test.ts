import { describe, expect, test } from "vitest";
import { HASH } from "./fake-duet.ts";
import { pass, startSession } from "./client-session.ts";

const typing = (on: boolean) => ({ type: "typing", name: "Anny", on }) as const;

describe("marks", () => {
  test("[MARK-11] others' messages are reported as delivered at once, then at most once a second, always the last", async () => {
    const { server } = await startSession();
    for (let n = 1; n <= 5; n++) {
      server.message("Anny", `${n}`);
      await pass(100);
    }
    expect(server.sent("delivered").map(({ seq }) => seq)).toEqual([1]);
    await pass(1_000);
    expect(server.sent("delivered").map(({ seq }) => seq)).toEqual([1, 5]);
  });

  test("[MARK-11] my own messages are not reported", async () => {
    const { server, conversation } = await startSession();
    conversation.send("hello");
    await pass(2_000);
    expect(server.sent("delivered")).toEqual([]);
  });

  test("[MARK-12] what I read is told at most once a second, only rises, and is seen in my view at once", async () => {
    const { server, conversation, view } = await startSession({
      prepare: (fake) => ["1", "2", "3"].forEach((body) => fake.message("Anny", body)),
    });
    conversation.markRead(1);
    conversation.markRead(3);
    conversation.markRead(2);
    conversation.markRead(99);
    expect(view().readSeq).toBe(3);
    await pass(10);
    expect(server.sent("read").map(({ seq }) => seq)).toEqual([1]);
    await pass(2_000);
    expect(server.sent("read").map(({ seq }) => seq)).toEqual([1, 3]);
  });

  test("[MARK-13] are told again when the server has forgotten them, and what was read offline is told", async () => {
    const { server, conversation } = await startSession({ prepare: (fake) => fake.message("Anny", "1") });
    server.cut();
    Object.assign(server.members.get("Abhi") ?? {}, { deliveredSeq: 0 });
    conversation.markRead(1);
    await pass(1_000);
    expect(server.sent("delivered").map(({ seq }) => seq)).toEqual([1, 1]);
    expect(server.sent("read").map(({ seq }) => seq)).toEqual([1]);
    server.cut();
    await pass(1_000);
    expect(server.sent("read")).toHaveLength(1);
  });

  test("[MARK-13] are not told for somebody else who signed in meanwhile", async () => {
    const { server } = await startSession({ connect: false, prepare: (fake) => fake.message("Anny", "1") });
    let name = "Abhi";
    const conversation = server.client(() => name).open(HASH);
    conversation.connect();
    await pass(100);
    conversation.markRead(1);
    await pass(100);
    name = "Anny";
    server.cut();
    await pass(5_000);
    expect(conversation.getView()).toMatchObject({ status: "live", self: "Anny", readSeq: 0 });
    expect(server.received.filter(({ frame }) => frame.type === "read").map((sent) => sent.name)).toEqual(["Abhi"]);
    conversation.close();
  });
});

describe("typing", () => {
  test("[TYPE-11] is told at once, repeated every 3 s while it goes on, and ends after 5 s of silence", async () => {
    const { server, conversation } = await startSession();
    for (let n = 0; n < 7; n++) {
      conversation.setTyping(true);
      await pass(500);
    }
    expect(server.sent("typing").map(({ on }) => on)).toEqual([true, true]);
    await pass(5_000);
    expect(server.sent("typing").map(({ on }) => on)).toEqual([true, true, false]);
    conversation.setTyping(false);
    await pass(100);
    expect(server.sent("typing")).toHaveLength(3);
  });

  test("[TYPE-11] ends with a message, which says it too, and is not told while offline", async () => {
    const { server, conversation } = await startSession();
    conversation.setTyping(true);
    conversation.send("hello");
    await pass(10_000);
    server.reachable = false;
    server.cut();
    await pass(10);
    conversation.setTyping(true);
    server.reachable = true;
    await pass(10_000);
    expect(server.sent("typing").map(({ on }) => on)).toEqual([true]);
  });

  test("[TYPE-12] of others ends when they say so, after 6 s without a word, with their message, or with the connection", async () => {
    const { server, view } = await startSession();
    const hear = async () => {
      server.push(typing(true));
      await pass(10);
      expect(view().typing).toEqual(["Anny"]);
    };
    await hear();
    server.push(typing(false));
    await pass(10);
    expect(view().typing).toEqual([]);
    await hear();
    await pass(6_000);
    expect(view().typing).toEqual([]);
    await hear();
    server.message("Anny", "hello");
    await pass(10);
    expect(view().typing).toEqual([]);
    await hear();
    server.cut();
    await pass(10);
    expect(view().typing).toEqual([]);
  });

  test("[TYPE-12] of mine on another device is not shown to me", async () => {
    const { server, view } = await startSession();
    server.push({ type: "typing", name: "Abhi", on: true });
    await pass(10);
    expect(view().typing).toEqual([]);
  });
});

describe("the view", () => {
  test("[PRES-11] tells who is there, since when they are gone, and what is out of order", async () => {
    const { server, view } = await startSession();
    server.push({ type: "presence", name: "Anny", online: true, lastSeen: null });
    server.push({ type: "degraded", postgres: true, redis: false });
    await pass(10);
    expect(view().members[1]).toMatchObject({ name: "Anny", online: true });
    expect(view().degraded).toEqual({ postgres: true, redis: false });
    server.push({ type: "presence", name: "Anny", online: false, lastSeen: 1_000 });
    server.cut();
    await pass(1_000);
    expect(view().members[1]).toMatchObject({ name: "Anny", online: false });
    // The server tells again what is still out of order.
    expect(view().degraded).toEqual({ postgres: false, redis: false });
  });

  test("[VIEW-1] is a new object when, and only when, something changed, and listeners hear once of a burst", async () => {
    const { server, conversation, view } = await startSession();
    let calls = 0;
    const unsubscribe = conversation.subscribe(() => calls++);
    const before = view();
    for (let n = 0; n < 10; n++) server.message("Anny", `${n}`);
    await pass(6);
    expect(calls).toBe(1);
    expect(view()).not.toBe(before);
    await pass(100);
    const told = calls;
    const after = view();
    // A pong, and news that are none.
    server.push({ type: "pong", epoch: "e1", head: 10 });
    server.push({ type: "receipt", name: "Anny", readSeq: 0, deliveredSeq: 0 });
    server.push({ type: "presence", name: "Anny", online: false, lastSeen: null });
    server.push({ type: "typing", name: "Anny", on: false });
    await pass(10);
    expect(calls).toBe(told);
    expect(view()).toBe(after);
    unsubscribe();
    server.message("Anny", "unheard");
    await pass(10);
    expect(calls).toBe(told);
  });
});

import { describe, expect, test } from "vitest";
import { fold } from "./fake-duet.ts";
import { pass, startSession } from "./client-session.ts";

describe("a connection that comes back", () => {
  test("[RESUME-11] goes on from where the log stands: what was missed arrives, and nothing is loaded again", async () => {
    const { server, view, shown } = await startSession({ prepare: (fake) => fake.message("Anny", "one") });
    server.cut();
    await pass(10);
    expect(view().status).toBe("reconnecting");
    server.message("Anny", "two");
    await pass(1_000);
    expect(view().status).toBe("live");
    expect(shown()).toEqual(["one: received", "two: received"]);
    expect(server.sent("hello").at(-1)).toMatchObject({ epoch: "e1", since: 1 });
    expect(server.requests).toEqual(["/messages"]);
  });

  test("[RESUME-12] that can't be resumed shows the newest page, and the older ones on demand", async () => {
    const { server, conversation, view, shown } = await startSession({
      prepare: (fake) => fake.message("Anny", "one"),
    });
    server.kept = 3;
    server.cut();
    for (let n = 2; n <= 10; n++) server.message("Anny", `${n}`);
    await pass(1_000);
    expect(shown()).toEqual(["6", "7", "8", "9", "10"].map((body) => `${body}: received`));
    expect(view()).toMatchObject({ status: "live", hasOlder: true });
    const loading = conversation.loadOlder();
    expect(view().loadingOlder).toBe(true);
    await pass(20);
    await loading;
    expect(view()).toMatchObject({ hasOlder: false, loadingOlder: false });
    expect(shown()).toHaveLength(10);
  });

  test("[RESUME-12] keeps what it shows until the newest page is there, and takes no part of the gap", async () => {
    const { server, shown } = await startSession({ prepare: (fake) => fake.message("Anny", "one") });
    server.kept = 3;
    server.cut();
    for (let n = 2; n <= 10; n++) server.message("Anny", `${n}`);
    while (server.sent("hello").length < 2) await pass(5);
    server.message("Anny", "11");
    await pass(8);
    expect(shown()).toEqual(["one: received"]);
    await pass(100);
    expect(shown()).toEqual(["7", "8", "9", "10", "11"].map((body) => `${body}: received`));
  });

  test("[RESUME-12] of a log that began anew shows the new one", async () => {
    const { server, shown } = await startSession({ prepare: (fake) => fake.message("Anny", "lost") });
    server.cut();
    server.epoch = "e2";
    server.log = [];
    server.message("Anny", "first of the new log");
    await pass(1_000);
    expect(shown()).toEqual(["first of the new log: received"]);
  });
});

describe("a log with a hole", () => {
  test("[RESUME-13] is noticed at the next event, which is not shown before the missing one", async () => {
    const { server, view, shown } = await startSession();
    server.loses = (frame) => frame.type === "message" && frame.body === "one";
    server.message("Anny", "one");
    server.message("Anny", "two");
    await pass(10);
    expect(view().status).toBe("reconnecting");
    expect(shown()).toEqual([]);
    server.loses = () => false;
    await pass(1_000);
    expect(shown()).toEqual(["one: received", "two: received"]);
  });

  test("[PING-12] at its end is noticed within two heartbeats", async () => {
    const { server, shown } = await startSession();
    server.loses = (frame) => frame.type === "message";
    server.message("Anny", "the last one");
    server.loses = () => false;
    await pass(40_000);
    expect(shown()).toEqual(["the last one: received"]);
  });

  test("[PING-12] a pong of another epoch means reloading", async () => {
    const { server, shown } = await startSession({ prepare: (fake) => fake.message("Anny", "lost") });
    server.epoch = "e2";
    server.log = [];
    await pass(40_000);
    expect(shown()).toEqual([]);
  });

  test("[PING-12] a pong that overtakes an event is no reason to reconnect", async () => {
    const { server, shown } = await startSession();
    server.push({ type: "pong", epoch: "e1", head: 1 });
    await pass(500);
    server.message("Anny", "late");
    await pass(2_000);
    expect(shown()).toEqual(["late: received"]);
    expect(server.sent("hello")).toHaveLength(1);
  });
});

test("[VIEW-2] a logged change of an unknown kind is no hole", async () => {
  const { server, shown } = await startSession();
  for (const socket of server.sockets) socket.pushText('{"type":"hologram","seq":1,"sender":"Anny","at":1}');
  for (const socket of server.sockets) {
    socket.push({ type: "message", seq: 2, id: "m", sender: "Anny", body: "hello", at: 1 });
  }
  await pass(1_000);
  expect(shown()).toEqual(["hello: received"]);
  expect(server.sent("hello")).toHaveLength(1);
});

describe("pages", () => {
  test("[RESUME-14] one that is older than the connection is loaded again", async () => {
    const { server, shown } = await startSession({
      prepare: (fake) => {
        // The page is read at 0 ms and arrives at 500; the connection is there at 20, and a message comes at 5.
        const delays = [10, 0, 500];
        fake.latency = () => delays.shift() ?? 10;
        setTimeout(() => fake.message("Anny", "in between"), 5);
      },
    });
    expect(shown()).toEqual([]);
    await pass(2_000);
    expect(shown()).toEqual(["in between: received"]);
    expect(server.requests).toEqual(["/messages", "/messages"]);
  });

  test("[RESUME-15] an older page gets the changes that were made after it was read", async () => {
    const { server, conversation, view } = await startSession({
      prepare: (fake) => {
        for (let n = 1; n <= 8; n++) fake.message("Anny", `${n}`);
      },
    });
    server.latency = () => 50;
    void conversation.loadOlder();
    await pass(60);
    // The page has been read, and is on its way. These are faster.
    server.latency = () => 5;
    server.change("Anny", { type: "edit", id: "e", seq: 2, body: "two" });
    server.change("Anny", { type: "delete", id: "d", seq: 1 });
    await pass(200);
    expect(view().messages.map(({ body }) => body)).toEqual(["", "two", "3", "4", "5", "6", "7", "8"]);
    expect(view().messages.map(({ seq }) => seq)).toEqual(fold(server.log).map(({ seq }) => seq));
  });

  test("[RESUME-16] a page that can't be had is asked for again; loadOlder says so", async () => {
    const { server, conversation, view } = await startSession({ connect: false });
    for (let n = 1; n <= 8; n++) server.message("Anny", `${n}`);
    server.reachable = false;
    conversation.connect();
    await pass(5_000);
    expect(view()).toMatchObject({ status: "connecting", loaded: false });
    server.reachable = true;
    await pass(30_000);
    expect(view()).toMatchObject({ status: "live", loaded: true, hasOlder: true });
    server.reachable = false;
    const loading = conversation.loadOlder().catch((error: unknown) => error);
    await pass(100);
    expect(await loading).toMatchObject({ code: "UNREACHABLE" });
  });
});

import { env } from "cloudflare:workers";
import { runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { connect, evict, login, pair, register, type TestSocket } from "./pair.ts";
import { flush } from "./stores.ts";

async function sendMany(socket: TestSocket, count: number, prefix = "m"): Promise<void> {
  for (let index = 1; index <= count; index += 1) {
    socket.send({ type: "send", id: `${prefix}-${index}`, body: `${prefix} ${index}` });
    // Stays below the rate limit's burst without waiting for each ack.
    if (index % 50 === 0) await socket.until(() => socket.all("ack").length >= index);
  }
  await socket.until(() => socket.all("ack").length >= count);
}

describe("hello", () => {
  it("[RESUME-1] is answered with who is there, then live", async () => {
    const { hash, cookies } = await pair();
    const socket = await connect(hash, cookies[0]);
    const welcome = await socket.hello();
    expect(welcome).toMatchObject({ v: 1, head: 0, recovered: false, self: "Abhi" });
    expect(welcome.members).toEqual([
      { name: "Abhi", online: true, lastSeen: null, readSeq: 0, deliveredSeq: 0 },
      { name: "Anny", online: true, lastSeen: null, readSeq: 0, deliveredSeq: 0 },
    ]);
    expect(socket.frames.map(({ type }) => type)).toEqual(["welcome", "live"]);
  });

  it("[RESUME-2] with epoch and since replays exactly what followed", async () => {
    const { hash, cookies, abhi } = await pair();
    await sendMany(abhi, 5);
    const { epoch } = await abhi.frame("welcome");
    for (const since of [0, 3, 5]) {
      const socket = await connect(hash, cookies[1]);
      expect(await socket.hello({ epoch, since })).toMatchObject({ recovered: true, head: 5 });
      expect(socket.all("message").map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5].slice(since));
      expect(socket.frames.at(-1)).toEqual({ type: "live", head: 5 });
    }
  });

  it("[RESUME-3] with a foreign epoch, none, or a since above head replays nothing", async () => {
    const { hash, cookies, abhi } = await pair();
    await sendMany(abhi, 2);
    const { epoch } = await abhi.frame("welcome");
    for (const position of [{ epoch: "other", since: 1 }, { epoch }, { since: 1 }, { epoch, since: 3 }]) {
      const socket = await connect(hash, cookies[1]);
      expect(await socket.hello(position)).toMatchObject({ recovered: false, head: 2 });
      expect(socket.all("message")).toEqual([]);
    }
  });

  it("[RESUME-4] on a live socket is answered again, so that a client can catch up in place", async () => {
    const { abhi, anny } = await pair();
    await sendMany(abhi, 3);
    await anny.frame("message", ({ seq }) => seq === 3);
    const { epoch } = await anny.frame("welcome");
    anny.send({ type: "hello", v: 1, epoch, since: 1 });
    await anny.until(() => anny.all("live").length === 2);
    expect(anny.all("message").map(({ seq }) => seq)).toEqual([1, 2, 3, 2, 3]);
  });

  it("[RESUME-5] nothing is lost or doubled when messages arrive during the replay", async () => {
    const { hash, cookies, abhi } = await pair();
    await sendMany(abhi, 40, "before");
    const { epoch } = await abhi.frame("welcome");
    const socket = await connect(hash, cookies[1]);
    for (let index = 0; index < 10; index += 1) abhi.send({ type: "send", id: `during-${index}`, body: "x" });
    socket.send({ type: "hello", v: 1, epoch, since: 0 });
    await socket.frame("message", ({ seq }) => seq === 50);
    expect(socket.all("message").map(({ seq }) => seq)).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
  });

  it("[RESUME-6] what was pruned is not replayed in part: recovered is false", async () => {
    const { hash, cookies, abhi } = await pair();
    const stub = env.CONVERSATION.getByName(hash);
    const { epoch } = await abhi.frame("welcome");
    const total = 2_100; // More than twice the 1,000 that are kept.
    await runInDurableObject(stub, (_, { storage }) => {
      for (let seq = 1; seq < total; seq += 1) {
        const frame = JSON.stringify({ type: "message", seq, id: `m-${seq}`, sender: "Abhi", body: "x", at: seq });
        storage.sql.exec("insert into events values (?, ?, ?, null, ?)", seq, "Abhi", `m-${seq}`, frame);
      }
    });
    await evict(hash);
    await sendMany(abhi, 1, "last");
    await flush(hash);
    const behind = await connect(hash, cookies[1]);
    expect(await behind.hello({ epoch, since: 10 })).toMatchObject({ recovered: false, head: total });
    expect(behind.all("message")).toEqual([]);
    const near = await connect(hash, cookies[1]);
    expect(await near.hello({ epoch, since: total - 1_000 })).toMatchObject({ recovered: true });
    expect(near.all("message")).toHaveLength(1_000);
  });
});

describe("hibernation", () => {
  it("[HIB-1] identity, marks and seq survive; sockets stay open", async () => {
    const { hash, abhi, anny } = await pair();
    await sendMany(abhi, 2);
    anny.send({ type: "read", seq: 2 });
    await abhi.frame("receipt");
    await evict(hash);
    abhi.send({ type: "send", id: "after", body: "after" });
    expect(await anny.frame("message", ({ seq }) => seq === 3)).toMatchObject({ sender: "Abhi", body: "after" });
    abhi.send({ type: "hello", v: 1 });
    const welcome = await abhi.until(() => abhi.all("welcome")[1]);
    expect(welcome.members[1]).toMatchObject({ name: "Anny", online: true, readSeq: 2, deliveredSeq: 2 });
  });

  it("[HIB-2] a repeated id is still recognised after an eviction", async () => {
    const { hash, abhi } = await pair();
    await sendMany(abhi, 1);
    await evict(hash);
    abhi.send({ type: "send", id: "m-1", body: "m 1" });
    const acks = await abhi.until(() => abhi.all("ack").length === 2 && abhi.all("ack"));
    expect(acks[1]).toEqual(acks[0]);
  });
});

describe("ping", () => {
  it("[PING-1] is answered with epoch and head, also while hibernating", async () => {
    const hash = await register();
    const socket = await connect(hash, await login(hash, "Anny"));
    const { epoch } = await socket.hello();
    await sendMany(socket, 1);
    socket.ping();
    expect(await socket.frame("pong")).toEqual({ type: "pong", epoch, head: 1 });
    await evict(hash);
    socket.ping();
    expect(await socket.until(() => socket.all("pong")[1])).toEqual({ type: "pong", epoch, head: 1 });
  });
});

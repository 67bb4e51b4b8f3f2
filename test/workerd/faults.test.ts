/** Rows D2 to D5, D9 and D12 of what Duet promises about delivery: faults that only the runtime itself can have. */
import { env } from "cloudflare:workers";
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { Connections } from "../../durable-objects/connections.ts";
import { EventLog } from "../../durable-objects/event-log.ts";
import { chatOf, KINDS } from "./kinds.ts";
import { evict, loggedEvents, setLimits } from "./outage.ts";
import { connect, pair, type TestSocket } from "./pair.ts";
import { archivedMessages, breakStore, flush } from "./stores.ts";

function sendText(socket: TestSocket, id: string, body = id): void {
  socket.send({ type: "send", id, body });
}

/** What a socket was told about an id. */
function toldOf(socket: TestSocket, id: string): string[] {
  return socket.frames.flatMap((frame) => ("id" in frame && frame.id === id ? [frame.type] : []));
}

async function acked(socket: TestSocket, count: number): Promise<number[]> {
  const acks = await socket.until(() => socket.all("ack").length >= count && socket.all("ack"));
  return acks.map(({ seq }) => seq);
}

async function idsInLog(hash: string): Promise<string[]> {
  return (await loggedEvents(hash)).map((event) => (event.type === "message" ? event.id : event.type));
}

function unlimited(): void {
  setLimits({ EVENTS_PER_SECOND: 100_000, EVENT_BURST: 100_000 });
  onTestFinished(() => setLimits({ EVENTS_PER_SECOND: 20, EVENT_BURST: 60 }));
}

describe("an object that dies between store and ack", () => {
  const MOMENTS: [moment: string, owner: object, method: string][] = [
    ["the row was written", EventLog.prototype, "append"],
    ["the push was sent", Connections.prototype, "broadcastTexts"],
    ["the ack was sent", Connections.prototype, "send"],
  ];

  it.each(MOMENTS)("[D2] right after %s: nobody hears of what is not stored", async (_moment, owner, method) => {
    const { hash, cookies, abhi, anny } = await pair();
    sendText(abhi, "before");
    await acked(abhi, 1);
    const state = await runInDurableObject(env.CONVERSATION.getByName(hash), (_object, own) => own);
    const die = vi.fn(() => state.abort("dies now"));
    const restore = after(owner, method, die);
    sendText(abhi, "m-1");
    await Promise.all([abhi.closing(), anny.closing()]);
    restore();
    expect(die).toHaveBeenCalledOnce();
    const isStored = (await idsInLog(hash)).includes("m-1");
    expect(isStored ? [] : [...toldOf(abhi, "m-1"), ...toldOf(anny, "m-1")]).toEqual([]);
    const again = await connect(hash, cookies[0]);
    await again.hello();
    sendText(again, "m-1");
    expect(await acked(again, 1)).toEqual([2]);
    expect(await idsInLog(hash)).toEqual(["before", "m-1"]);
  });
});

/** Runs `act` after the next call of a method, in the same turn. Returns how to undo it. */
function after(owner: object, method: string, act: () => void): () => void {
  const real: unknown = Reflect.get(owner, method);
  if (typeof real !== "function") throw new TypeError(`${method} is no method.`);
  function undo(): void {
    Reflect.set(owner, method, real);
  }
  Reflect.set(owner, method, function once(this: unknown, ...given: unknown[]) {
    undo();
    const result: unknown = Reflect.apply(real, this, given);
    act();
    return result;
  });
  return undo;
}

describe.each(KINDS)("in a %s:", (kind) => {
  describe("an ack that gets lost", () => {
    /** The ack is on its way when the connection ends; the same id is sent again on the next one. */
    async function resend(): Promise<{ seqs: number[]; ids: string[] }> {
      const { hash, abhi, connect } = await chatOf(kind);
      sendText(abhi, "m-1");
      const first = await acked(abhi, 1);
      abhi.close();
      await evict(hash);
      const again = await connect(0);
      await again.hello();
      sendText(again, "m-1");
      return { seqs: [...first, ...(await acked(again, 1))], ids: await idsInLog(hash) };
    }

    it("[D3] a resent id gets the same seq, and is one row", async () => {
      expect(await resend()).toEqual({ seqs: [1, 1], ids: ["m-1"] });
    });

    it("[D3] control: without the look for known ids it becomes two", async () => {
      const spy = vi.spyOn(EventLog.prototype, "findById").mockReturnValue(undefined);
      onTestFinished(() => spy.mockRestore());
      expect(await resend()).toEqual({ seqs: [1, 2], ids: ["m-1", "m-1"] });
    });
  });

  it("[D4] one id on two sockets at once is one row; with another body, the other gets a conflict", async () => {
    unlimited();
    const { hash, abhi, connect } = await chatOf(kind);
    const phone = await connect(0);
    await phone.hello();
    for (let index = 0; index < 50; index += 1) {
      for (const socket of [abhi, phone]) sendText(socket, `same-${index}`);
      for (const socket of [abhi, phone]) sendText(socket, `other-${index}`, socket === abhi ? "his" : "the phone's");
    }
    for (const socket of [abhi, phone]) {
      await vi.waitFor(() => expect(socket.all("ack").length + socket.all("nack").length).toBe(100), 30_000);
    }
    const ids = await idsInLog(hash);
    expect(ids).toHaveLength(100);
    expect(new Set(ids).size).toBe(100);
    const nacks = [...abhi.all("nack"), ...phone.all("nack")];
    expect(nacks).toHaveLength(50);
    expect(nacks.every(({ id, code }) => id.startsWith("other-") && code === "ID_CONFLICT")).toBe(true);
  });

  it("[D5] two senders with 500 messages each and 20 evictions in between: seq 1 to 1,000 without a gap", async () => {
    unlimited();
    const { hash, abhi, anny } = await chatOf(kind);
    for (let round = 0; round < 20; round += 1) {
      for (let index = 0; index < 25; index += 1) {
        for (const socket of [abhi, anny]) sendText(socket, `m-${round * 25 + index}`);
      }
      // Most of these frames are on their way when the object goes.
      await acked(abhi, round * 25 + 1);
      await evict(hash);
    }
    for (const socket of [abhi, anny]) await vi.waitFor(() => expect(socket.all("ack")).toHaveLength(500), 30_000);
    const seqs = [...(await acked(abhi, 500)), ...(await acked(anny, 500))];
    expect(seqs.sort((a, b) => a - b)).toEqual(Array.from({ length: 1_000 }, (_, index) => index + 1));
    expect((await loggedEvents(hash)).map(({ seq }) => seq)).toEqual(seqs);
    for (const socket of [abhi, anny]) {
      await socket.until(() => socket.all("message").length === 1_000);
      expect(socket.all("message").map(({ seq }) => seq)).toEqual(seqs);
    }
  }, 120_000);

  it("[D9] `since` older than kept or above head is never answered in part", async () => {
    const { hash, names, abhi, connect } = await chatOf(kind);
    const stub = env.CONVERSATION.getByName(hash);
    const { epoch } = await abhi.frame("welcome");
    const head = 2_100;
    await runInDurableObject(stub, (_, { storage }) => {
      for (let seq = 1; seq < head; seq += 1) {
        const frame = JSON.stringify({ type: "message", seq, id: `m-${seq}`, sender: names[0], body: "x", at: seq });
        storage.sql.exec("insert into events values (?, ?, ?, null, ?)", seq, names[0], `m-${seq}`, frame);
      }
    });
    await evictDurableObject(stub);
    sendText(abhi, "last");
    await acked(abhi, 1);
    await flush(hash);
    const first = (await loggedEvents(hash))[0]?.seq ?? 0;
    expect(first).toBeGreaterThan(1);
    for (const since of [0, 1, first - 2, first - 1, first, 1_000, head - 1, head, head + 1, 10 * head]) {
      const socket = await connect(1);
      const isKept = since >= first - 1 && since <= head;
      expect(await socket.hello({ epoch, since }), `since ${since}`).toMatchObject({ recovered: isKept, head });
      const replayed = Array.from({ length: isKept ? head - since : 0 }, (_, index) => since + index + 1);
      expect(socket.all("message").map(({ seq }) => seq)).toEqual(replayed);
      socket.close();
    }
  });

  it("[D12] with an eviction before every frame, identity, marks and seq are intact", async () => {
    unlimited();
    const { hash, names, abhi, anny } = await chatOf(kind);
    const frames = (round: number): [TestSocket, object][] => [
      [abhi, { type: "send", id: `a-${round}`, body: "his" }],
      [anny, { type: "send", id: `b-${round}`, body: "hers", replyTo: round * 5 + 1 }],
      [abhi, { type: "edit", id: `c-${round}`, seq: round * 5 + 1, body: "his, edited" }],
      [anny, { type: "react", id: `d-${round}`, seq: round * 5 + 1, emoji: "👍" }],
      [anny, { type: "read", seq: round * 5 + 4 }],
      [anny, { type: "delete", id: `e-${round}`, seq: round * 5 + 2 }],
    ];
    for (let round = 0; round < 8; round += 1) {
      for (const [socket, frame] of frames(round)) {
        await evict(hash);
        const before = socket.frames.length;
        socket.send(frame);
        await socket.until(() => socket.frames.slice(before).some(({ type }) => type === "ack" || type === "receipt"));
      }
    }
    const events = await loggedEvents(hash);
    expect(events.map(({ seq }) => seq)).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
    const senders = [0, 1, 0, 1, 1].map((who) => names[who]);
    expect(events.map(({ sender }) => sender)).toEqual(events.map((_, index) => senders[index % 5]));
    expect(await abhi.frame("receipt", ({ readSeq }) => readSeq === 39)).toMatchObject({ name: names[1] });
    expect([...abhi.all("nack"), ...anny.all("nack")]).toEqual([]);
  });
});

it("[D12] with an eviction before every frame, limits are intact, once half of a burst is used up", async () => {
  setLimits({ EVENTS_PER_SECOND: 0.001, EVENT_BURST: 5 });
  onTestFinished(() => setLimits({ EVENTS_PER_SECOND: 20, EVENT_BURST: 60 }));
  const { hash, abhi } = await pair();
  for (let index = 1; index <= 8; index += 1) {
    if (index > 3) await evict(hash);
    sendText(abhi, `m-${index}`);
    await abhi.until(() => abhi.all("ack").length + abhi.all("nack").length === index);
  }
  expect(abhi.all("ack").map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5]);
  expect(abhi.all("nack")).toMatchObject(Array.from({ length: 3 }, () => ({ code: "TOO_FAST", retryable: true })));
});

it("[ARCH-2] what is said while Postgres is being told of the chat arrives there too", async () => {
  // Nothing tells it before the test does.
  setLimits({ ARCHIVE_DELAY_MS: 60_000 });
  onTestFinished(() => setLimits({ ARCHIVE_DELAY_MS: 2_000 }));
  const { hash, abhi } = await pair();
  const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
  const asked = vi.fn<() => void>();
  breakStore("postgres", async (pass, { body }) => {
    if (!body.includes(hash)) return pass();
    asked();
    await answered;
    return pass();
  });
  const flushed = flush(hash);
  await expect.poll(() => asked.mock.calls).toHaveLength(1);
  sendText(abhi, "m-1");
  await acked(abhi, 1);
  answer();
  await flushed;
  await flush(hash);
  expect(await archivedMessages(hash)).toMatchObject([{ seq: 1, body: "m-1" }]);
});

import { env } from "cloudflare:workers";
import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { archiveEvents } from "../../drizzle/archive.ts";
import type { LoggedEvent } from "../../protocol/frames.ts";
import { connect, evict, failure, login, pair, register, request } from "./pair.ts";
import { archivedChat, archivedMessages, breakStore, db, flush } from "./stores.ts";
import { toTexts } from "../logged-texts.ts";

async function page(hash: string, cookie: string, query = "") {
  const response = await request(`/chat-server/user/${hash}/messages${query}`, { cookie });
  const { data } = await response.json<{ data: { messages: Record<string, unknown>[]; nextCursor: string | null } }>();
  return data;
}

describe("the archive", () => {
  it("[ARCH-1] a registration is in Postgres soon after", async () => {
    const hash = await register();
    await flush(hash);
    expect(await archivedChat(hash)).toMatchObject({ userOne: "Abhi", userTwo: "Anny", endedAt: null });
  });

  it("[ARCH-2] messages arrive with edits, deletions and reactions applied", async () => {
    const { hash, abhi, anny } = await pair();
    await abhi.say("one", "two", "three");
    anny.send({ type: "react", id: "r-1", seq: 1, emoji: "👍" });
    await anny.frame("ack");
    await flush(hash);
    abhi.send({ type: "react", id: "r-2", seq: 1, emoji: "❤️" });
    abhi.send({ type: "edit", id: "e-1", seq: 2, body: "two!" });
    abhi.send({ type: "delete", id: "d-1", seq: 3 });
    anny.send({ type: "react", id: "r-3", seq: 1, emoji: null });
    await anny.frame("ack", ({ id }) => id === "r-3");
    await abhi.frame("ack", ({ id }) => id === "d-1");
    await flush(hash);
    expect(await archivedMessages(hash)).toMatchObject([
      { seq: 1, sender: "Abhi", body: "one", editedAt: null, deletedAt: null, reactions: { Abhi: "❤️" } },
      { seq: 2, body: "two!", editedAt: expect.any(Date) },
      { seq: 3, body: "", deletedAt: expect.any(Date), reactions: {} },
    ]);
  });

  it("[ARCH-3] writing a batch again, overlapping or late, changes nothing", async () => {
    const hash = await register();
    const chat = { kind: "pair", id: hash, users: ["Abhi", "Anny"], createdAt: 1_000 } as const;
    const place = { sender: "Abhi", at: 2_000 };
    const events: LoggedEvent[] = [
      { type: "message", seq: 1, id: "m-1", body: "one", ...place },
      { type: "edited", seq: 2, target: 1, body: "uno", ...place },
      { type: "reaction", seq: 3, target: 1, emoji: "👍", ...place, sender: "Anny" },
      { type: "edited", seq: 4, target: 1, body: "eins", ...place },
      { type: "reaction", seq: 5, target: 1, emoji: null, ...place, sender: "Anny" },
      { type: "message", seq: 6, id: "m-2", body: "two", ...place },
    ];
    await archiveEvents(db, chat, toTexts(events.slice(0, 3)), 6);
    await archiveEvents(db, chat, toTexts(events), 6);
    const settled = await archivedMessages(hash);
    expect(settled).toMatchObject([{ body: "eins", reactions: {}, appliedSeq: 5 }, { body: "two" }]);
    for (const again of [events.slice(0, 2), events.slice(2, 4), events, events.slice(5)]) {
      expect(await archiveEvents(db, chat, toTexts(again), 6)).toEqual({ kind: "stored" });
    }
    expect(await archivedMessages(hash)).toEqual(settled);
  });

  it("[ARCH-4] while Postgres is out, chatting goes on, people are told, and the rows arrive afterwards", async () => {
    const { hash, cookies, abhi, anny } = await pair();
    await abhi.say("before");
    const repair = breakStore("postgres");
    await flush(hash);
    expect(await anny.frame("degraded")).toEqual({ type: "degraded", postgres: true, redis: false });
    await anny.say("during");
    expect(await abhi.frame("message", ({ seq }) => seq === 2)).toMatchObject({ body: "during" });
    expect((await page(hash, cookies[0])).messages).toHaveLength(2);
    const late = await connect(hash, cookies[0]);
    await late.hello();
    expect(await late.frame("degraded")).toMatchObject({ postgres: true });
    repair();
    await flush(hash);
    expect(await anny.frame("degraded", ({ postgres }) => !postgres)).toMatchObject({ redis: false });
    expect((await archivedMessages(hash)).map(({ body }) => body)).toEqual(["before", "during"]);
  });

  it("[ARCH-5] an answer lost after the commit leads to no duplicate", async () => {
    const { hash, abhi } = await pair();
    await abhi.say("one", "two");
    const repair = breakStore("postgres", async (pass) => {
      await pass();
      throw new TypeError("Answer lost");
    });
    await flush(hash);
    repair();
    await abhi.say("three");
    await flush(hash);
    expect((await archivedMessages(hash)).map(({ body }) => body)).toEqual(["one", "two", "three"]);
  });

  it("[ARCH-8] people called `__proto__` keep their reactions", async () => {
    const hash = await register("__proto__", "Anny");
    const socket = await connect(hash, await login(hash, "__proto__"));
    await socket.hello();
    await socket.say("one");
    socket.send({ type: "react", id: "r", seq: 1, emoji: "👍" });
    await socket.frame("reaction");
    await flush(hash);
    const [row] = await archivedMessages(hash);
    expect(Object.entries(row?.reactions ?? {})).toEqual([["__proto__", "👍"]]);
  });

  it("[ARCH-6] an idle chat has no alarm", async () => {
    const { hash, abhi, anny } = await pair();
    await abhi.say("one");
    anny.send({ type: "delivered", seq: 1 });
    await abhi.frame("receipt");
    const stub = env.CONVERSATION.getByName(hash);
    await flush(hash);
    await runInDurableObject(stub, async (_, { storage }) => expect(await storage.getAlarm()).toBeNull());
    expect(await runDurableObjectAlarm(stub)).toBe(false);
  });
});

describe("history", () => {
  it("[HIST-3] shows edits, deletions and reactions, whether Postgres has them or not", async () => {
    const { hash, cookies, abhi, anny } = await pair();
    await abhi.say("one", "two");
    await flush(hash);
    anny.send({ type: "react", id: "r-1", seq: 1, emoji: "👍" });
    abhi.send({ type: "edit", id: "e-1", seq: 2, body: "two!" });
    await abhi.frame("edited");
    await abhi.frame("reaction");
    expect((await page(hash, cookies[1])).messages).toMatchObject([
      { seq: 2, body: "two!", editedAt: expect.any(Number) },
      { seq: 1, body: "one", reactions: { Anny: "👍" } },
    ]);
  });

  it("[HIST-4] goes on in Postgres where the log was pruned, without a seam", async () => {
    const { hash, cookies, abhi } = await pair();
    await abhi.say("1", "2", "3", "4", "5", "6");
    await flush(hash);
    await runInDurableObject(env.CONVERSATION.getByName(hash), (_, { storage }) => {
      storage.sql.exec("delete from events where seq <= 4");
    });
    await evict(hash);
    abhi.send({ type: "edit", id: "e-1", seq: 3, body: "3!" });
    await abhi.frame("edited");
    const first = await page(hash, cookies[0], "?limit=4");
    expect(first.messages.map(({ body }) => body)).toEqual(["6", "5", "4", "3!"]);
    const rest = await page(hash, cookies[0], `?limit=4&before=${first.nextCursor}`);
    expect(rest).toMatchObject({ messages: [{ body: "2" }, { body: "1" }], nextCursor: null });
  });

  it("[EDIT-4] a message only Postgres has can be changed by its sender alone; without Postgres, later", async () => {
    const { hash, abhi, anny } = await pair();
    await abhi.say("1", "2");
    await flush(hash);
    await runInDurableObject(env.CONVERSATION.getByName(hash), (_, { storage }) => {
      storage.sql.exec("delete from events where seq = 1");
    });
    await evict(hash);
    anny.send({ type: "edit", id: "e-1", seq: 1, body: "mine now" });
    expect(await anny.frame("nack")).toMatchObject({ code: "MESSAGE_NOT_YOURS" });
    const repair = breakStore("postgres");
    abhi.send({ type: "delete", id: "d-1", seq: 1 });
    expect(await abhi.frame("nack")).toMatchObject({ code: "UNAVAILABLE", retryable: true });
    repair();
    abhi.send({ type: "delete", id: "d-1", seq: 1 });
    expect(await anny.frame("deleted")).toMatchObject({ target: 1 });
    await flush(hash);
    expect((await archivedMessages(hash))[0]).toMatchObject({ body: "", deletedAt: expect.any(Date) });
  });

  it("[HIST-5] an older page is UNAVAILABLE while Postgres is out", async () => {
    const { hash, cookies, abhi } = await pair();
    await abhi.say("1", "2");
    await flush(hash);
    await runInDurableObject(env.CONVERSATION.getByName(hash), (_, { storage }) => {
      storage.sql.exec("delete from events where seq = 1");
    });
    await evict(hash);
    const repair = breakStore("postgres");
    const response = await request(`/chat-server/user/${hash}/messages`, { cookie: cookies[0] });
    expect(await failure(response)).toEqual({ status: 503, code: "UNAVAILABLE" });
    repair();
  });
});

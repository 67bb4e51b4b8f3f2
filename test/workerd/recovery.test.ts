import { env } from "cloudflare:workers";
import { runInDurableObject } from "cloudflare:test";
import { expect, it } from "vitest";
import { setLimits, stopClock } from "./outage.ts";
import { connect, evict, failure, login, pair, register, request } from "./pair.ts";
import { archivedMessages, breakStore, flush } from "./stores.ts";

/** No flush but those that are asked for. */
setLimits({ ARCHIVE_DELAY_MS: 60_000 });

/** Loses storage as a disaster would, and lets the object start anew from what is left. */
async function lose(hash: string, ...statements: string[]): Promise<void> {
  const stub = env.CONVERSATION.getByName(hash);
  await runInDurableObject(stub, async (_, { storage }) => {
    if (statements.length === 0) await storage.deleteAll();
    for (const statement of statements) storage.sql.exec(statement);
  });
  await evict(hash, "close");
}

it("[LOSS-1] storage that was wiped comes back from Postgres in a new epoch, behind what was there", async () => {
  const { hash, cookies, abhi } = await pair();
  const { epoch } = await abhi.frame("welcome");
  await abhi.say("one", "two");
  abhi.send({ type: "react", id: "r", seq: 1, emoji: "👍" });
  await abhi.frame("ack", ({ id }) => id === "r");
  await flush(hash);
  await lose(hash);
  const again = await connect(hash, cookies[0]);
  const welcome = await again.hello({ epoch, since: 2 });
  expect(welcome).toMatchObject({ recovered: false, head: 3, self: "Abhi" });
  expect(welcome.epoch).not.toBe(epoch);
  const page = await request(`/chat-server/user/${hash}/messages`, { cookie: cookies[1] });
  expect(await page.json()).toMatchObject({
    data: { messages: [{ body: "two" }, { body: "one", reactions: { Abhi: "👍" } }], epoch: welcome.epoch, head: 3 },
  });
  await again.say("three");
  expect(await again.frame("message")).toMatchObject({ seq: 4, body: "three" });
  await flush(hash);
  expect((await archivedMessages(hash)).map(({ seq }) => seq)).toEqual([1, 2, 4]);
});

it("[LOSS-2] storage that was rolled back is noticed by who has seen more, and goes on behind Postgres", async () => {
  const { hash, cookies, abhi } = await pair();
  const { epoch } = await abhi.frame("welcome");
  await abhi.say("one", "two", "three");
  await flush(hash);
  await lose(hash, "delete from events where seq > 1", "update conversation set archived_seq = 1");
  const probe = await connect(hash, cookies[0]);
  probe.send({ type: "hello", v: 1, epoch, since: 3 });
  await probe.closing();
  const again = await connect(hash, cookies[0]);
  const welcome = await again.hello({ epoch, since: 3 });
  expect(welcome).toMatchObject({ recovered: false, head: 3 });
  expect(welcome.epoch).not.toBe(epoch);
  await again.say("four");
  await flush(hash);
  expect((await archivedMessages(hash)).map(({ seq, body }) => [seq, body])).toEqual([
    [1, "one"],
    [2, "two"],
    [3, "three"],
    [4, "four"],
  ]);
});

it("[LOSS-2] nobody is shown what was rolled back while Postgres is asked, or can't be", async () => {
  const { hash, cookies, abhi } = await pair();
  const { epoch } = await abhi.frame("welcome");
  await abhi.say("one", "two", "three");
  await flush(hash);
  await lose(hash, "delete from events where seq > 1", "update conversation set archived_seq = 1");
  const hello = async (cookie: string) => {
    const socket = await connect(hash, cookie);
    socket.send({ type: "hello", v: 1, epoch, since: 3 });
    return socket;
  };
  const repair = breakStore("postgres");
  const early = await hello(cookies[0]);
  expect(await early.closing()).toMatchObject({ code: 1013 });
  repair();
  const answer = Promise.withResolvers<void>();
  let asked = 0;
  breakStore("postgres", async (pass, { body }) => {
    if (body.includes(hash)) asked += 1;
    await answer.promise;
    return pass();
  });
  const first = await hello(cookies[0]);
  await expect.poll(() => asked).toBe(1);
  const second = await hello(cookies[1]);
  answer.resolve();
  await Promise.all([first.closing(), second.closing()]);
  expect([...early.frames, ...first.frames, ...second.frames]).toEqual([]);
  const again = await connect(hash, cookies[1]);
  const welcome = await again.hello({ epoch, since: 3 });
  expect(welcome).toMatchObject({ recovered: false, head: 3 });
  expect(welcome.epoch).not.toBe(epoch);
});

it("[LOSS-3] without Postgres a lost object answers UNAVAILABLE; an ended chat stays ended", async () => {
  const [lost, ended] = [await pair(), await pair()];
  await flush(lost.hash);
  await request("/chat-server/user/endchat", { method: "POST", cookie: ended.cookies[0] });
  for (const { hash } of [lost, ended]) await lose(hash);
  const read = ({ hash, cookies }: typeof lost) =>
    request(`/chat-server/user/${hash}/messages`, { cookie: cookies[0] });
  const repair = breakStore("postgres");
  expect(await failure(await read(lost))).toEqual({ status: 503, code: "UNAVAILABLE" });
  repair();
  expect((await read(lost)).status).toBe(200);
  expect(await failure(await read(ended))).toEqual({ status: 410, code: "CHAT_ENDED" });
});

it("[LIMIT-7] hibernation gives nobody a fresh limit", async () => {
  const hash = await register();
  const socket = await connect(hash, await login(hash, "Abhi"));
  await socket.hello();
  stopClock();
  for (let index = 0; index < 60; index += 1) socket.send({ type: "send", id: `m-${index}`, body: "x" });
  await socket.until(() => socket.all("ack").length === 60);
  await evict(hash);
  for (let index = 60; index < 90; index += 1) socket.send({ type: "send", id: `m-${index}`, body: "x" });
  expect(await socket.frame("nack")).toMatchObject({ code: "TOO_FAST" });
});

it("[LOSS-4] what was acknowledged after a rollback that nobody noticed is found out by Postgres, and kept", async () => {
  const { hash, cookies, abhi } = await pair();
  await abhi.say("one", "two", "three");
  await flush(hash);
  await lose(hash, "delete from events where seq > 1", "update conversation set archived_seq = 1");
  const anny = await connect(hash, cookies[1]);
  const { epoch } = await anny.hello();
  await anny.say("A", "B", "C");
  await flush(hash).catch(() => undefined); // The object starts anew in the middle of it.
  const again = await connect(hash, cookies[1]);
  const welcome = await again.hello({ epoch, since: 4 });
  expect(welcome).toMatchObject({ recovered: false, head: 6 });
  await flush(hash);
  expect((await archivedMessages(hash)).map(({ body }) => body)).toEqual(["one", "two", "three", "A", "B", "C"]);
});

it("[LOSS-5] a rollback that took the note of what was archived along makes no second copy of it", async () => {
  const { hash, cookies, abhi } = await pair();
  await abhi.say("one", "two", "three", "four");
  await flush(hash);
  await lose(hash, "delete from events where seq > 3", "update conversation set archived_seq = 1");
  const anny = await connect(hash, cookies[1]);
  await anny.hello();
  await anny.say("A", "B");
  await flush(hash).catch(() => undefined); // The object starts anew in the middle of it.
  await (await connect(hash, cookies[1])).hello();
  await flush(hash);
  const messages = await archivedMessages(hash);
  expect(messages.map(({ body }) => body)).toEqual(["one", "two", "three", "four", "A", "B"]);
});

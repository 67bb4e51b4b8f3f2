/** What an object holds when it may take no more, and when its chat is over (guarantees O7, O9). */
import { env } from "cloudflare:workers";
import { runInDurableObject } from "cloudflare:test";
import { expect, it } from "vitest";
import { chatOf, KINDS } from "./kinds.ts";
import { alarm, evict, expectArchived, say, setLimits, tables } from "./outage.ts";
import { connect, failure, pair, request, upgrade } from "./pair.ts";
import { archivedChat, archivedMessages, breakStore, flush, sessionRecord } from "./stores.ts";

it.each(KINDS)(
  "[O7] an outbox at its cap refuses each change with OUTBOX_FULL, and drops none: in a %s",
  async (kind) => {
    setLimits({ EVENTS_PER_SECOND: 100_000, EVENT_BURST: 100_000, OUTBOX_MAX: 30 });
    const { hash, abhi, anny, post } = await chatOf(kind);
    await flush(hash);
    const repair = breakStore("postgres");
    for (let index = 0; index < 100; index += 1) abhi.send({ type: "send", id: `m-${index}`, body: `m ${index}` });
    await abhi.until(() => abhi.all("ack").length + abhi.all("nack").length === 100);
    expect(abhi.all("ack")).toHaveLength(30);
    for (const nack of abhi.all("nack")) expect(nack).toMatchObject({ code: "OUTBOX_FULL", retryable: true });
    expect(await failure(await post(0, "over HTTP"))).toEqual({ status: 503, code: "OUTBOX_FULL" });
    // What was refused has not been pushed either, and what was taken before can still be asked for again.
    expect(anny.all("message").map(({ seq }) => seq)).toEqual(Array.from({ length: 30 }, (_, index) => index + 1));
    abhi.send({ type: "send", id: "m-0", body: "m 0" });
    await abhi.until(() => abhi.all("ack").length === 31);
    repair();
    await flush(hash);
    for (const { id } of abhi.all("nack")) {
      abhi.send({ type: "send", id, body: id });
      await abhi.until(() => abhi.frames.some((frame) => frame.type === "ack" && frame.id === id));
      if (abhi.all("ack").length % 20 === 0) await flush(hash);
    }
    await flush(hash);
    expect(await archivedMessages(hash)).toHaveLength(100);
    await expectArchived(hash);
  },
);

it("[O9] an ended chat leaves a tombstone and no alarm, and nothing brings anything back", async () => {
  const { hash, cookies, abhi } = await pair();
  await say(abhi, "secret");
  const repairs = [breakStore("postgres"), breakStore("redis")];
  await request("/chat-server/user/endchat", { method: "POST", cookie: cookies[0] });
  for (const repair of repairs) repair();
  await flush(hash);
  const object = env.CONVERSATION.getByName(hash);
  async function expectNothingLeft(): Promise<void> {
    expect(await tables(hash)).toEqual(["tombstone"]);
    await runInDurableObject(object, async (_, { storage }) => {
      expect(await storage.getAlarm()).toBeNull();
      expect((await storage.list()).size).toBe(0);
      expect(storage.sql.exec("select * from tombstone").toArray()).toEqual([]);
    });
    expect(await archivedMessages(hash)).toEqual([]);
    expect((await archivedChat(hash))?.endedAt).toBeInstanceOf(Date);
    for (const name of ["Abhi", "Anny"]) expect(await sessionRecord(hash, name)).toBeNull();
  }
  await expectNothingLeft();

  for (const between of [() => Promise.resolve(), () => evict(hash)]) {
    await between();
    const json = { userHash: hash, sender: "Abhi", reciever: "Anny", message: "secret" };
    const answers = [
      await request(`/chat-server/user/${hash}`, { cookie: cookies[0] }),
      await request("/chat-server/user/Abhi/login", { json: { userName: "Abhi", hash } }),
      await request(`/chat-server/user/${hash}/message_send`, { cookie: cookies[0], json }),
      await request(`/chat-server/user/${hash}/messages`, { cookie: cookies[1] }),
      await request(`/chat-server/user/endchat?hash=${hash}`, { cookie: cookies[1], method: "POST" }),
      await upgrade(hash, { Cookie: cookies[0] }),
    ];
    for (const answer of answers) expect(await failure(answer)).toEqual({ status: 410, code: "CHAT_ENDED" });
    expect(await object.create(hash, ["Eve", "Mallory"])).toEqual({ ok: true, value: false });
    await request(`/chat-server/user/logout?hash=${hash}`, { cookie: cookies[1], method: "POST" });
    await alarm(hash);
    await expectNothingLeft();
  }
});

it("[O8] ten tabs whose line flaps three times in ten seconds are not sent away for good", async () => {
  const { hash, cookies } = await pair();
  for (let flap = 0; flap < 3; flap += 1) {
    const tabs = await Promise.all(Array.from({ length: 9 }, () => connect(hash, cookies[0])));
    for (const tab of tabs) tab.send({ type: "hello", v: 1 });
    for (const tab of tabs) await tab.until(() => tab.all("live").length > 0 || tab.closed !== undefined);
    expect(tabs.filter(({ closed }) => closed?.code === 4000)).toEqual([]);
    for (const tab of tabs) tab.close();
    for (const tab of tabs) await tab.closing();
  }
});

import { env } from "cloudflare:workers";
import { runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { archiveEvents } from "../../drizzle/archive.ts";
import { failure, pair, request, upgrade } from "./pair.ts";
import { archivedChat, archivedMessages, breakStore, db, flush, sessionRecord } from "./stores.ts";
import { toTexts } from "../logged-texts.ts";

describe("end of chat", () => {
  it("[END-3] both are told and disconnected, and every request for the hash is 410 from then on", async () => {
    const { hash, cookies, abhi, anny } = await pair();
    const cookie = cookies[1];
    await request("/chat-server/user/endchat", { method: "POST", cookie });
    for (const socket of [abhi, anny]) {
      expect(await socket.frame("ended")).toMatchObject({ by: "Anny", at: expect.any(Number) });
      expect(await socket.closing()).toEqual({ code: 4000, reason: "ENDED" });
    }
    const json = { userHash: hash, sender: "Anny", reciever: "Abhi", message: "Hello" };
    const responses = [
      await request(`/chat-server/user/${hash}`),
      await request("/chat-server/user/Abhi/login", { json: { userName: "Abhi", hash } }),
      await request(`/chat-server/user/${hash}/message_send`, { cookie, json }),
      await request(`/chat-server/user/${hash}/messages`, { cookie }),
      await request(`/chat-server/user/endchat?hash=${hash}`, { cookie }),
      await upgrade(hash, { Cookie: cookie }),
    ];
    for (const response of responses) expect(await failure(response)).toEqual({ status: 410, code: "CHAT_ENDED" });
  });

  it("[END-4] leaves a closed chat in Postgres, nothing in Redis, and a tombstone in the object", async () => {
    const { hash, cookies, abhi } = await pair();
    abhi.send({ type: "send", id: "m-1", body: "secret" });
    await abhi.frame("ack");
    await flush(hash);
    expect(await archivedMessages(hash)).toHaveLength(1);
    await request("/chat-server/user/endchat", { method: "POST", cookie: cookies[0] });
    expect(await archivedMessages(hash)).toEqual([]);
    expect((await archivedChat(hash))?.endedAt).toBeInstanceOf(Date);
    for (const name of ["Abhi", "Anny"]) expect(await sessionRecord(hash, name)).toBeNull();
    await runInDurableObject(env.CONVERSATION.getByName(hash), async (_, { storage }) => {
      expect(storage.sql.exec("select name from sqlite_master").toArray()).toEqual([{ name: "tombstone" }]);
      expect(await storage.getAlarm()).toBeNull();
    });
  });

  it("[END-5] while the stores are out it ends all the same, and they are cleaned up afterwards", async () => {
    const { hash, cookies, abhi } = await pair();
    abhi.send({ type: "send", id: "m-1", body: "secret" });
    await abhi.frame("ack");
    await flush(hash);
    const repair = breakStore("postgres");
    const response = await request("/chat-server/user/endchat", { method: "POST", cookie: cookies[0] });
    expect(response.status).toBe(200);
    expect((await request(`/chat-server/user/${hash}`)).status).toBe(410);
    await runInDurableObject(env.CONVERSATION.getByName(hash), async (_, { storage }) => {
      expect(storage.sql.exec("select 1 from events").toArray()).toEqual([]);
      expect(await storage.getAlarm()).not.toBeNull();
    });
    repair();
    await flush(hash);
    expect(await archivedMessages(hash)).toEqual([]);
    await runInDurableObject(env.CONVERSATION.getByName(hash), (_, { storage }) => {
      expect(storage.sql.exec("select name from sqlite_master").toArray()).toEqual([{ name: "tombstone" }]);
    });
    expect((await request(`/chat-server/user/${hash}`)).status).toBe(410);
  });

  it("[END-6] a batch that reaches Postgres late does not bring a message back", async () => {
    const { hash, cookies } = await pair();
    await request("/chat-server/user/endchat", { method: "POST", cookie: cookies[0] });
    const chat = { kind: "pair", id: hash, users: ["Abhi", "Anny"], createdAt: 1_000 } as const;
    const late = { type: "message", seq: 1, id: "m", sender: "Abhi", body: "secret", at: 2_000 } as const;
    await archiveEvents(db, chat, toTexts([late]), 1);
    expect(await archivedMessages(hash)).toEqual([]);
    expect((await archivedChat(hash))?.endedAt).toBeInstanceOf(Date);
  });

  it("[END-7] changes that were queued in the same moment are refused, not stored and not pushed", async () => {
    const { hash, abhi } = await pair();
    const session = { id: "s", name: "Abhi", expiresAt: Date.now() + 60_000 };
    // In one turn of the object: some go at once, and the others wait for its end, before which the chat is ended.
    const outcomes = await runInDurableObject(env.CONVERSATION.getByName(hash), (conversation) => {
      const sends = Array.from({ length: 20 }, (_, index) =>
        conversation.send(session, "Anny", { type: "send", id: `m-${index}`, body: "late" }),
      );
      return Promise.all([...sends, conversation.end(session)]);
    });
    expect(outcomes.pop()).toEqual({ ok: true, value: null });
    const stored = outcomes.filter(({ ok }) => ok).length;
    expect(stored).toBeLessThan(20);
    const refused = { ok: false, code: "CHAT_ENDED" };
    expect(outcomes.slice(stored)).toEqual(Array.from({ length: 20 - stored }, () => refused));
    await abhi.closing();
    expect(abhi.all("message")).toHaveLength(stored);
    expect(await archivedMessages(hash)).toEqual([]);
  });

  it("[END-9] a flush that runs while the chat ends does not pass for the cleaning up", async () => {
    const { hash, cookies, abhi } = await pair();
    abhi.send({ type: "send", id: "m-1", body: "secret" });
    await abhi.frame("ack");
    // The running flush succeeds, but only once the chat is over; what comes after it fails.
    const { promise: over, resolve: finish } = Promise.withResolvers<void>();
    let calls = 0;
    const repair = breakStore("postgres", async (pass, { body }) => {
      if (!body.includes(hash)) return pass();
      calls += 1;
      if (calls > 1) throw new TypeError("Network lost");
      await over;
      return pass();
    });
    const flushing = flush(hash);
    await expect.poll(() => calls).toBe(1);
    const ending = request("/chat-server/user/endchat", { method: "POST", cookie: cookies[0] });
    await abhi.frame("ended");
    finish();
    expect((await ending).status).toBe(200);
    await flushing;
    expect(calls).toBeGreaterThan(1);
    repair();
    await flush(hash);
    expect(await archivedMessages(hash)).toEqual([]);
    expect((await archivedChat(hash))?.endedAt).toBeInstanceOf(Date);
  });
});

import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { app } from "../../worker/app.ts";
import { stopClock } from "./outage.ts";
import { connect, evict, failure, login, pair, register, request } from "./pair.ts";
import { breakStore, flush, sessionRecord } from "./stores.ts";

describe("session records", () => {
  it("[REDIS-1] carry the documents' fields: who is there, and what waits for who is away", async () => {
    const { hash, abhi, anny } = await pair();
    await flush(hash);
    const record = { chat_id: hash, sender: "Anny", reciver: "Abhi", ws_connected: 1, notify: 0 };
    expect(await sessionRecord(hash, "Anny")).toEqual({ ...record, last_seen: expect.stringMatching(/^\d{4}-.*Z$/) });
    anny.close();
    await abhi.frame("presence", ({ online }) => !online);
    await abhi.say("one", "two");
    await flush(hash);
    expect(await sessionRecord(hash, "Anny")).toMatchObject({ ws_connected: 0, notify: 2 });
    expect(await sessionRecord(hash, "Abhi")).toMatchObject({ ws_connected: 1, notify: 0 });
    abhi.send({ type: "delete", id: "d-1", seq: 2 });
    await abhi.frame("deleted");
    await flush(hash);
    expect(await sessionRecord(hash, "Anny")).toMatchObject({ notify: 1 });
  });

  it("[REDIS-2] an outage of Redis does not touch the chat, and the records catch up", async () => {
    const { hash, abhi, anny } = await pair();
    await flush(hash);
    const repair = breakStore("redis");
    anny.close();
    await abhi.frame("presence", ({ online }) => !online);
    await abhi.say("one");
    await flush(hash);
    expect(await abhi.frame("degraded")).toEqual({ type: "degraded", postgres: false, redis: true });
    repair();
    await flush(hash);
    expect(await sessionRecord(hash, "Anny")).toMatchObject({ ws_connected: 0, notify: 1 });
  });

  it("[REDIS-4] an outage outlives hibernation: the records catch up, and people are told that it ended", async () => {
    const { hash, abhi, anny } = await pair();
    await flush(hash);
    const repair = breakStore("redis");
    anny.close();
    await abhi.frame("presence", ({ online }) => !online);
    await flush(hash);
    await abhi.frame("degraded", ({ redis: out }) => out);
    await evict(hash);
    repair();
    abhi.send({ type: "typing", on: true }); // Wakes the object.
    await flush(hash);
    expect(await sessionRecord(hash, "Anny")).toMatchObject({ ws_connected: 0 });
    expect(await abhi.frame("degraded", ({ redis: out }) => !out)).toMatchObject({ postgres: false });
  });

  it("[PRES-3] who was there when the object died, and did not come back, is away", async () => {
    const { hash, cookies } = await pair();
    await flush(hash);
    await evict(hash, "close");
    const again = await connect(hash, cookies[0]);
    expect((await again.hello()).members[1]).toMatchObject({ online: false, lastSeen: expect.any(Number) });
    await flush(hash);
    expect(await sessionRecord(hash, "Anny")).toMatchObject({ ws_connected: 0 });
  });

  it("[REDIS-3] without Redis nobody registers or logs in: 503 with Retry-After, never a wrong answer", async () => {
    const hash = await register();
    const repair = breakStore("redis");
    const responses = [
      await request("/chat-server/register", { json: { userOne: "A", userTwo: "B" } }),
      await request("/chat-server/user/Abhi/login", { json: { userName: "Abhi", hash } }),
    ];
    repair();
    for (const response of responses) {
      expect(Number(response.headers.get("Retry-After"))).toBeGreaterThan(0);
      expect(await failure(response)).toEqual({ status: 503, code: "UNAVAILABLE" });
    }
    await login(hash, "Abhi");
  });

  it("[HTTP-3] /health is 200 with what can be reached, and asks the stores every 5 s at the most", async () => {
    stopClock();
    const read = async (bindings: Env, path = "/chat-server/health") =>
      (await app.request(`http://duet.test${path}`, {}, bindings)).json();
    const healthy = { status: "OK", checks: { postgres: true, redis: true } };
    expect(await read(env)).toEqual(healthy);
    const repair = breakStore("redis");
    expect(await read(env)).toEqual(healthy);
    const degraded = { status: "degraded", checks: { postgres: true, redis: false } };
    const fresh = { ...env };
    expect(await read(fresh)).toEqual(degraded);
    expect(await read(fresh, "/chat-server/api/v1/health")).toEqual(degraded);
    repair();
  });
});

import { describe, expect, it } from "vitest";
import { stopClock } from "./outage.ts";
import { connect, failure, login, pair, register, request } from "./pair.ts";

describe("rates", () => {
  it("[LIMIT-1] 10 registrations a minute per address, then 429 with Retry-After", async () => {
    stopClock();
    const headers = { "CF-Connecting-IP": "192.0.2.7" };
    const attempt = () => request("/chat-server/register", { headers, json: { userOne: "A", userTwo: "B" } });
    for (let count = 0; count < 10; count += 1) expect((await attempt()).status).toBe(200);
    const refused = await attempt();
    expect(Number(refused.headers.get("Retry-After"))).toBeGreaterThan(0);
    expect(await failure(refused)).toEqual({ status: 429, code: "TOO_MANY_REQUESTS" });
    const elsewhere = await request("/chat-server/register", { json: { userOne: "A", userTwo: "B" } });
    expect(elsewhere.status).toBe(200);
  });

  it("[LIMIT-2] 20 logins a minute per address; an IPv6 customer's /64 is one address", async () => {
    stopClock();
    const hash = await register();
    const attempt = (host: number) =>
      request("/chat-server/user/Abhi/login", {
        headers: { "CF-Connecting-IP": `2001:db8:1:2::${host.toString(16)}` },
        json: { userName: "Abhi", hash },
      });
    for (let host = 1; host <= 20; host += 1) expect((await attempt(host)).status).toBe(200);
    expect(await failure(await attempt(21))).toEqual({ status: 429, code: "TOO_MANY_REQUESTS" });
  });

  it("[LIMIT-3] a burst of 60 messages passes; what is faster is refused, and can be sent again later", async () => {
    const { abhi } = await pair();
    const wait = stopClock();
    for (let index = 0; index < 70; index += 1) abhi.send({ type: "send", id: `m-${index}`, body: "x" });
    const nack = await abhi.frame("nack");
    expect(nack).toMatchObject({ code: "TOO_FAST", retryable: true });
    await abhi.until(() => abhi.all("ack").length + abhi.all("nack").length === 70);
    expect(abhi.all("ack")).toHaveLength(60);
    wait(1_500);
    abhi.send({ type: "send", id: nack.id, body: "x" });
    await abhi.frame("ack", ({ id }) => id === nack.id);
  });

  it("[LIMIT-4] who keeps flooding is disconnected, and the other person is not affected", async () => {
    const { abhi, anny } = await pair();
    stopClock();
    for (let index = 0; index < 400; index += 1) abhi.send({ type: "send", id: `m-${index}`, body: "x" });
    expect(await abhi.closing()).toEqual({ code: 4000, reason: "TOO_FAST" });
    anny.send({ type: "send", id: "m-1", body: "fine" });
    await anny.frame("ack");
  });

  it("[LIMIT-5] REST and the socket share a person's limit", async () => {
    const { hash, cookies, abhi } = await pair();
    stopClock();
    for (let index = 0; index < 200; index += 1) abhi.send({ type: "send", id: `m-${index}`, body: "x" });
    await abhi.frame("nack");
    const json = { userHash: hash, sender: "Abhi", reciever: "Anny", message: "Hello" };
    const response = await request(`/chat-server/user/${hash}/message_send`, { cookie: cookies[0], json });
    expect(await failure(response)).toEqual({ status: 429, code: "TOO_FAST" });
  });

  it("[LIMIT-6] 10 sockets per person, counted per person", async () => {
    const hash = await register();
    const [abhi, anny] = [await login(hash, "Abhi"), await login(hash, "Anny")];
    for (let count = 0; count < 10; count += 1) await (await connect(hash, abhi)).hello();
    const refused = await request(`/chat-server/user/${hash}/ws`, {
      headers: { Upgrade: "websocket", Cookie: abhi },
    });
    expect(await failure(refused)).toEqual({ status: 429, code: "TOO_MANY_SOCKETS" });
    await (await connect(hash, anny)).hello();
  });

  it("[LIMIT-8] malformed changes cost as much as good ones", async () => {
    const { abhi } = await pair();
    stopClock();
    for (let index = 0; index < 400; index += 1) abhi.send({ type: "send", id: `m-${index}`, body: "" });
    expect(await abhi.closing()).toEqual({ code: 4000, reason: "TOO_FAST" });
  });

  it("[LIMIT-10] 300 pages of history at once; more are refused, and the other person is not affected", async () => {
    const { hash, cookies } = await pair();
    stopClock();
    const read = (cookie: string) => request(`/chat-server/user/${hash}/messages`, { cookie });
    const answers = await Promise.all(Array.from({ length: 360 }, () => read(cookies[0])));
    const refused = answers.filter(({ status }) => status !== 200);
    expect(refused).toHaveLength(60);
    for (const answer of refused) {
      expect(answer.headers.get("Retry-After")).toBe("1");
      expect(await failure(answer)).toEqual({ status: 429, code: "TOO_FAST" });
    }
    expect((await read(cookies[1])).status).toBe(200);
  });

  it("[LIMIT-9] hello is limited to one a second, with room for 30 at once; more are to come back later", async () => {
    const { abhi } = await pair();
    stopClock();
    for (let index = 0; index < 50; index += 1) abhi.send({ type: "hello", v: 1 });
    expect(await abhi.closing()).toMatchObject({ code: 1013 });
    expect(abhi.all("welcome").length).toBeLessThanOrEqual(30);
  });
});

/** What `GET /chat-server/metrics` tells, and whom. */
import { env } from "cloudflare:workers";
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { beforeEach, expect, it, vi } from "vitest";
import { ask, leave, meter, PATH, risenSince, rows, scrape, TOKEN, WAIT } from "./meter.ts";
import { say, setLimits } from "./outage.ts";
import { failure, pair, register, request } from "./pair.ts";
import { api, signUp } from "./platform/people.ts";
import { parseExposition } from "./prometheus.ts";
import { breakStore, flush } from "./stores.ts";

/** No chat tells anything but after a flush that is asked for. */
setLimits({ ARCHIVE_DELAY_MS: 60_000 });

beforeEach(() => void Object.assign(env, { METRICS_TOKEN: TOKEN }));

it("[MET-1] the answer is Prometheus' text format 0.0.4, with all families from the start", async () => {
  const response = await ask(`Bearer ${TOKEN}`);
  expect(response.status).toBe(200);
  expect(response.headers.get("Content-Type")).toBe("text/plain; version=0.0.4; charset=utf-8");
  expect(response.headers.get("Cache-Control")).toBe("no-store");
  expect(Object.fromEntries(parseExposition(await response.text()))).toMatchObject({
    duet_messages_total: 0,
    duet_message_changes_total: 0,
    duet_sockets_open: 0,
    duet_outbox_events: 0,
    'duet_store_outages_total{store="postgres"}': 0,
    'duet_store_outages_total{store="redis"}': 0,
    'duet_store_outage_chats{store="postgres"}': 0,
    'duet_store_outage_chats{store="redis"}': 0,
  });
});

it("[MET-2] without METRICS_TOKEN the path does not exist; with it, only who has it is answered", async () => {
  const wrong = [undefined, "", "Bearer", "Bearer x", `Bearer ${TOKEN}x`, `Bearer ${TOKEN.slice(1)}`, TOKEN];
  for (const authorization of [...wrong, `Basic ${TOKEN}`]) {
    const response = await ask(authorization);
    expect(response.headers.get("WWW-Authenticate")).toBe("Bearer");
    expect(await failure(response)).toEqual({ status: 401, code: "METRICS_TOKEN_WRONG" });
  }
  expect((await request(`${PATH}?token=${TOKEN}`)).status).toBe(401);
  expect((await ask(undefined, "POST")).status).toBe(401);
  expect((await ask(`Bearer ${TOKEN}`, "POST")).status).toBe(405);
  expect((await ask(`bearer ${TOKEN}`)).status).toBe(200);
  for (const unset of ["", undefined]) {
    Object.assign(env, { METRICS_TOKEN: unset });
    for (const method of ["GET", "POST", "DELETE"]) {
      for (const authorization of [undefined, "Bearer ", "Bearer undefined", `Bearer ${TOKEN}`]) {
        const response = await ask(authorization, method);
        expect(response.headers.get("Allow")).toBeNull();
        expect(response.headers.get("WWW-Authenticate")).toBeNull();
        expect(await failure(response)).toEqual({ status: 404, code: "NOT_FOUND" });
      }
    }
  }
});

it("[MET-3] no name, hash, text, address, id or token is in it, or in what is kept for it", async () => {
  const people = await pair();
  const { hash, cookies, abhi } = people;
  await say(abhi, "canary-body");
  await request("/chat-server/canary-path?canary=query", {
    headers: { "User-Agent": "canary-agent", "CF-Connecting-IP": "203.0.113.77" },
  });
  await request(`/chat-server/user/${hash}/messages?before=canary`, { cookie: cookies[0] });
  const person = await signUp("canary");
  await api("POST", "/auth/login", { json: { email: person.email, password: "canary-wrong" } });
  await api("DELETE", `/auth/sessions/${crypto.randomUUID()}`, { token: person.token });
  const repair = breakStore("postgres");
  await flush(hash);
  repair();
  await flush(hash);
  await vi.waitFor(async () => expect(await rows("objects")).toHaveLength(1), WAIT);
  const text = await (await ask(`Bearer ${TOKEN}`)).text();
  expect(text).toContain('endpoint="signIn"');
  const kept = JSON.stringify([await rows("figures"), await rows("objects")]);
  const { id, username, email, token, refreshToken } = person;
  const ours = [hash, "Abhi", "Anny", "canary", "203.0.113", cookies[0], TOKEN, env.SESSION_SECRET];
  for (const secret of [...ours, id, username, email, token, refreshToken]) {
    expect(text).not.toContain(secret);
    expect(kept).not.toContain(secret);
  }
  expect(text).not.toContain(env.CONVERSATION.idFromName(hash).toString());
  // Values of labels are names from our own tables.
  const values = [...text.matchAll(/="([^"]*)"/g)].map(([, value = ""]) => value);
  expect(values.filter((value) => !/^[A-Z_]+$|^[a-z][A-Za-z]*$|^\d+(\.\d+)?$|^\+Inf$/.test(value))).toEqual([]);
  await leave(people);
});

it("[MET-4] known traffic gives known figures", async () => {
  const before = await scrape();
  const people = await pair();
  const { hash, abhi, anny } = people;
  await say(abhi, "one", "two", "three");
  abhi.send({ type: "edit", id: "e", seq: 1, body: "eins" });
  anny.send({ type: "react", id: "r", seq: 1, emoji: "👋" });
  anny.send({ type: "delete", id: "d", seq: 99 });
  await anny.frame("nack");
  await flush(hash);
  await request(`/chat-server/user/${hash}`);
  await request(`/chat-server/user/${"0".repeat(22)}`);
  await request("/chat-server/nothing");
  await request("/chat-server/nothing");
  await vi.waitFor(async () => expect(await rows("objects")).toHaveLength(1), WAIT);
  expect(await risenSince(before)).toMatchObject({
    duet_messages_total: 3,
    duet_message_changes_total: 2,
    duet_sockets_open: 2,
    'duet_errors_total{via="socket",code="MESSAGE_UNKNOWN"}': 1,
    'duet_errors_total{via="http",code="CHAT_UNKNOWN"}': 1,
    'duet_errors_total{via="http",code="NOT_FOUND"}': 2,
    'duet_request_duration_seconds_count{endpoint="chat"}': 2,
    'duet_request_duration_seconds_count{endpoint="register"}': 1,
    'duet_request_duration_seconds_count{endpoint="login"}': 2,
    'duet_request_duration_seconds_count{endpoint="socket"}': 2,
    'duet_request_duration_seconds_count{endpoint="none"}': 2,
    'duet_request_duration_seconds_count{endpoint="metrics"}': 1,
  });
  // What the Meter knows outlives its sleep.
  const known = await scrape();
  await evictDurableObject(meter);
  expect(await risenSince(known)).not.toHaveProperty("duet_messages_total");
  abhi.close();
  await anny.frame("presence", ({ name, online }) => name === "Abhi" && !online);
  await flush(hash);
  await vi.waitFor(async () => expect((await scrape()).get("duet_sockets_open")).toBe(1), WAIT);
  await leave(people);
  expect((await scrape()).get("duet_sockets_open")).toBe(0);
});

it("[MET-5] an outage, what waits because of it, and its end show; an ended chat leaves nothing", async () => {
  const { hash, cookies, abhi } = await pair();
  await flush(hash);
  const before = await scrape();
  const repair = breakStore("postgres");
  await say(abhi, "one", "two");
  await flush(hash);
  await flush(hash);
  await vi.waitFor(
    async () =>
      expect(await risenSince(before)).toMatchObject({
        duet_outbox_events: 2,
        'duet_store_outages_total{store="postgres"}': 1,
        'duet_store_outage_chats{store="postgres"}': 1,
      }),
    WAIT,
  );
  repair();
  await flush(hash);
  await vi.waitFor(async () => {
    const risen = await risenSince(before);
    expect(risen).toMatchObject({ duet_messages_total: 2, 'duet_store_outages_total{store="postgres"}': 1 });
    expect(risen).not.toHaveProperty("duet_outbox_events");
    expect(risen).not.toHaveProperty('duet_store_outage_chats{store="postgres"}');
  }, WAIT);
  expect(await rows("objects")).toHaveLength(1);
  await request("/chat-server/user/endchat", { cookie: cookies[0], method: "POST" });
  await vi.waitFor(async () => expect(await rows("objects")).toEqual([]), WAIT);
});

it("[MET-6] a chat that told nothing for a day is left out of the gauges", async () => {
  const { hash } = await pair();
  await flush(hash);
  await vi.waitFor(async () => expect(await rows("objects")).toHaveLength(1), WAIT);
  expect((await scrape()).get("duet_sockets_open")).toBe(2);
  await runInDurableObject(meter, (_, { storage }) => {
    storage.sql.exec("update objects set told_at = told_at - 90000000");
    storage.sql.exec("update figures set swept_at = swept_at - 7200000");
  });
  await evictDurableObject(meter);
  await register();
  expect((await scrape()).get("duet_sockets_open")).toBe(0);
  expect(await rows("objects")).toEqual([]);
});

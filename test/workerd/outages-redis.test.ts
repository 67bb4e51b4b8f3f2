/** Redis away in every way there is (guarantees O5, O6, O10). */
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { evict, hang, say, setLimits, untilStoresAreTrusted } from "./outage.ts";
import { connect, failure, pair, request, upgrade } from "./pair.ts";
import { breakStore, type Fault, flush, sessionRecord } from "./stores.ts";

/** Far more than what needs no store takes on a slow machine. */
const STORE_TIMEOUT_MS = 3_000;
setLimits({ STORE_TIMEOUT_MS });

afterEach(() => {
  vi.restoreAllMocks();
});

/** What Upstash answers with, in status and body. */
function answering(status: number, body: object | string): Fault {
  return () =>
    Promise.resolve(typeof body === "string" ? new Response(body, { status }) : Response.json(body, { status }));
}

const OVER_QUOTA = "ERR max requests limit exceeded. Limit: 500000, Usage: 500001. See https://upstash.com/docs";

const FAULTS: [name: string, fault: Fault][] = [
  ["refuses the connection", () => Promise.reject(new TypeError("Network connection lost."))],
  ["hangs", hang],
  ["answers with an error", answering(400, { error: "ERR internal" })],
  ["is over its quota (400)", answering(400, { error: OVER_QUOTA })],
  ["is over its quota (429)", answering(429, { error: OVER_QUOTA })],
  ["knows the token no more", answering(401, { error: "WRONGPASS invalid or missing auth token" })],
  ["is a proxy's error page", answering(502, "<html>Bad gateway</html>")],
  ["answers what is no JSON", answering(200, "<html>Maintenance</html>")],
  ["answers an empty object", answering(200, {})],
];

describe.each(FAULTS)("a Redis that %s", (_name, fault) => {
  it("[O5] [O6] touches no chat; register and login are 503 with Retry-After, never a wrong name", async () => {
    const { hash, cookies, abhi, anny } = await pair();
    await flush(hash);
    const repair = breakStore("redis", fault);
    await evict(hash);
    const started = Date.now();
    const deciding = Promise.all([
      request("/chat-server/register/submit", { json: { userOne: "A", userTwo: "B" } }),
      request("/chat-server/user/Abhi/login", { json: { userName: "Abhi", hash } }),
      request("/chat-server/user/Zed/login", { json: { userName: "Zed", hash } }),
      request("/chat-server/user/Abhi/login", { json: { userName: "Abhi", hash: "0".repeat(22) } }),
    ]);

    // Meanwhile: both ways, from far away, a new socket, and HTTP.
    await say(abhi, "one");
    await anny.frame("message", ({ body }) => body === "one");
    const flushing = flush(hash);
    const second = await connect(hash, cookies[1]);
    await second.hello();
    await say(second, "two");
    await abhi.frame("message", ({ body }) => body === "two");
    const json = { userHash: hash, sender: "Abhi", reciever: "Anny", message: "three" };
    expect((await request(`/chat-server/user/${hash}/message_send`, { cookie: cookies[0], json })).status).toBe(200);
    expect((await request(`/chat-server/user/${hash}/messages`, { cookie: cookies[0] })).status).toBe(200);
    expect((await request(`/chat-server/user/${hash}`)).status).toBe(200);
    expect(Date.now() - started).toBeLessThan(STORE_TIMEOUT_MS);

    for (const answer of await deciding) {
      expect(Number(answer.headers.get("Retry-After"))).toBeGreaterThan(0);
      expect(await failure(answer)).toEqual({ status: 503, code: "UNAVAILABLE" });
    }
    await flushing;
    // Its time limit, for the request and the client's one retry of it.
    expect(Date.now() - started).toBeLessThan(STORE_TIMEOUT_MS * 2.5);
    repair();
    await untilStoresAreTrusted();
    await flush(hash);
    expect(await sessionRecord(hash, "Abhi")).toMatchObject({ ws_connected: 1 });
  });
});

it("[O10] two creators at once own one hash together at most once, whatever Redis says", async () => {
  const repair = breakStore("redis", answering(200, { result: "OK" }));
  for (let round = 0; round < 20; round += 1) {
    const hash = `race${String(round).padStart(18, "0")}`;
    const creators = Array.from({ length: 5 }, (_, index): [string, string] => [`A${index}`, `B${index}`]);
    const answers = await Promise.all(creators.map((users) => env.CONVERSATION.getByName(hash).create(hash, users)));
    const won = answers.flatMap((answer, index) => (answer.ok && answer.value ? [creators[index]] : []));
    expect(won).toHaveLength(1);
    const chat = await (await request(`/chat-server/user/${hash}`)).json();
    expect(chat).toMatchObject({ data: { users: won[0] } });
  }
  repair();
});

it("[O10] two registrations that draw one hash, with a Redis that reserves it for both, get two chats", async () => {
  const real = crypto.getRandomValues.bind(crypto);
  let drawn = 0;
  // Both draw the same; the one that has to draw again draws something of its own.
  vi.spyOn(crypto, "getRandomValues").mockImplementation((array) => {
    if (!(array instanceof Uint8Array) || array.length < 22) return real(array);
    drawn += 1;
    return drawn <= 2 ? array.fill(7) : real(array);
  });
  const repair = breakStore("redis", async (pass, { body }) => {
    const answer = await pass();
    if (!body.includes("reserved:")) return answer;
    // Two in one turn go as one pipeline. Null is how Redis says that somebody was there first.
    return new Response((await answer.text()).replaceAll('"result":null', '"result":"OK"'), answer);
  });
  const names: [string, string][] = [
    ["Abhi", "Anny"],
    ["Eve", "Mallory"],
  ];
  const answers = await Promise.all(
    names.map(([userOne, userTwo]) => request("/chat-server/register", { json: { userOne, userTwo } })),
  );
  repair();
  vi.restoreAllMocks();
  expect(drawn).toBe(3);
  const hashes: string[] = [];
  for (const [index, answer] of answers.entries()) {
    expect(answer.status).toBe(200);
    const { data } = await answer.json<{ data: { hash: string } }>();
    hashes.push(data.hash);
    const chat = await (await request(`/chat-server/user/${data.hash}`)).json();
    expect(chat).toMatchObject({ data: { users: names[index] } });
  }
  expect(new Set(hashes).size).toBe(2);
});

it("[O6] what needs no Redis goes on without it: signing out, ending, opening a socket", async () => {
  const { hash, cookies, abhi, anny } = await pair();
  const repair = breakStore("redis", answering(429, { error: OVER_QUOTA }));
  await request("/chat-server/user/logout", { method: "POST", cookie: cookies[0] });
  expect(await abhi.closing()).toEqual({ code: 4000, reason: "REVOKED" });
  expect((await upgrade(hash, { Cookie: cookies[1] })).status).toBe(101);
  expect((await request("/chat-server/user/endchat", { method: "POST", cookie: cookies[1] })).status).toBe(200);
  expect(await anny.closing()).toEqual({ code: 4000, reason: "ENDED" });
  repair();
});

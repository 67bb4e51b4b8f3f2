/** What must not come out: hashes and secrets (guarantees S5, S12). */
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { app } from "../../worker/app.ts";
import { alarm, loseStorage, say, untilStoresAreTrusted } from "./outage.ts";
import { ORIGIN, pair, register, request, upgrade } from "./pair.ts";
import { breakStore, type Fault } from "./stores.ts";

const LEVELS = ["log", "info", "warn", "error", "debug", "trace"] as const;
let lines: string[] = [];

beforeEach(() => {
  lines = [];
  for (const level of LEVELS) {
    vi.spyOn(console, level).mockImplementation((...parts: unknown[]) => lines.push(parts.map(String).join(" ")));
  }
});

afterEach(() => {
  vi.restoreAllMocks();
});

/** Answers with all it was told, as stores do that quote the statement, the address or the credentials. */
function echoing(status: number): Fault {
  return (_pass, { body, headers, url }) => {
    const message = `canary-store ${body} ${JSON.stringify([...headers])} ${url}`;
    const fields = { message, error: message, detail: message, where: message, hint: message, code: "XX000" };
    return Promise.resolve(Response.json(fields, { status }));
  };
}

const FAULTS: [name: string, fault: Fault][] = [
  ["answer 400 with all they were told", echoing(400)],
  ["answer 500 with all they were told", echoing(500)],
  ["answer 200 with nonsense", echoing(200)],
  ["refuse a row and quote it", (_pass, { body }) => refused(body)],
  ["throw with address and credentials", (_pass, { url, headers }) => thrown(`${url} ${String([...headers])}`)],
];

function refused(body: string): Promise<Response> {
  return Promise.resolve(Response.json({ code: "23514", message: body, detail: body }, { status: 400 }));
}

function thrown(message: string): Promise<never> {
  return Promise.reject(new TypeError(`connect failed: canary-store ${message}`));
}

/** What the stores were told, and could have given away. */
const told: string[] = [];

describe.each(FAULTS)("stores that %s", (_name, fault) => {
  it("[S12] put no secret into a log line or an answer", async () => {
    await untilStoresAreTrusted();
    const { hash, cookies, abhi } = await pair();
    await say(abhi, "canary-body");
    const lost = await pair();
    await loseStorage(lost.hash);
    const listening: Fault = (pass, asked) => {
      told.push(asked.url, asked.body, String([...asked.headers]));
      return fault(pass, asked);
    };
    const repairs = [breakStore("postgres", listening), breakStore("redis", listening)];
    const json = { userHash: hash, sender: "Abhi", reciever: "Anny", message: "canary-body" };
    const answers = [
      await request("/chat-server/register/submit", { json: { userOne: "canary-one", userTwo: "canary-two" } }),
      await request("/chat-server/user/Abhi/login", { json: { userName: "Abhi", hash } }),
      await request("/chat-server/user/canary-one/login", { json: { userName: "canary-one", hash } }),
      await request(`/chat-server/user/${hash}/message_send?key=canary-query`, { cookie: cookies[0], json }),
      await request(`/chat-server/user/${lost.hash}/messages`, { cookie: lost.cookies[1] }),
      await request("/chat-server/health"),
      await upgrade(hash, { Cookie: cookies[0] }),
      await request("/chat-server/user/logout", { cookie: cookies[1], method: "POST" }),
    ];
    await alarm(hash);
    answers.push(await request("/chat-server/user/endchat", { cookie: cookies[0], method: "POST" }));
    // An object that lost its storage asks Postgres who it was.
    answers.push(await request(`/chat-server/user/${lost.hash}/messages`, { cookie: lost.cookies[0] }));
    for (const repair of repairs) repair();
    const bodies = await Promise.all(answers.map((answer) => answer.text()));
    expect(answers.map(({ status }) => status)).toEqual([503, 503, 503, 200, 503, 200, 101, 200, 200, 503]);

    const secrets = [env.SESSION_SECRET, env.DATABASE_URL, env.UPSTASH_REDIS_REST_TOKEN, "Bearer", "canary-store"];
    const all = [...lines, ...bodies];
    for (const secret of [...secrets, ...cookies]) expect(all.filter((text) => text.includes(secret))).toEqual([]);
    expect(all.filter((text) => /insert into|select |hset|evalsha/i.test(text))).toEqual([]);
    for (const personal of ["canary", "Abhi", hash]) {
      expect(lines.filter((line) => line.includes(personal))).toEqual([]);
    }
    expect(bodies.filter((text) => /\n\s+at |node_modules|\.ts:/.test(text))).toEqual([]);
  });
});

it("[S12] control: the stores above knew every one of these secrets", () => {
  for (const known of [new URL(env.DATABASE_URL).password, `Bearer ${env.UPSTASH_REDIS_REST_TOKEN}`, "canary-body"]) {
    expect(told.some((text) => text.includes(known))).toBe(true);
  }
});

it("[S12] a session secret that is missing or short is a 500 that says nothing of it", async () => {
  const hash = "0".repeat(22);
  for (const SESSION_SECRET of ["", "canary-short", `${env.SESSION_SECRET},canary-short`]) {
    const headers = { Cookie: `duet_${hash}=x.y.z` };
    const answer = await app.request(
      `${ORIGIN}/chat-server/user/${hash}/messages`,
      { headers },
      { ...env, SESSION_SECRET },
    );
    expect(answer.status).toBe(500);
    expect((await answer.text()) + lines.join("")).not.toMatch(/canary|only-for-tests/);
  }
});

// Last, because the outboxes of 300 chats are at work for a while.
describe("a hash", () => {
  beforeEach(untilStoresAreTrusted);

  it("[S5] has at least 128 bits, all of them from the CSPRNG, spread evenly", async () => {
    const drawn = vi.spyOn(crypto, "getRandomValues");
    // Whatever else takes numbers from there (the outbox its pauses): the hashes do not.
    vi.spyOn(Math, "random").mockReturnValue(0);
    const hashes: string[] = [];
    for (let count = 0; count < 300; count += 10) {
      hashes.push(...(await Promise.all(Array.from({ length: 10 }, () => register()))));
    }
    // 37 bytes are drawn for each; the tests' own client addresses take 3.
    expect(drawn.mock.calls.filter(([array]) => array !== null && array.byteLength >= 22)).toHaveLength(300);
    for (const hash of hashes) expect(hash).toMatch(/^[0-9A-Za-z]{22}$/);
    expect(Math.log2(62 ** 22)).toBeGreaterThanOrEqual(128);
    expect(new Set(hashes).size).toBe(300);

    const counts = new Map<string, number>();
    for (const character of hashes.join("")) counts.set(character, (counts.get(character) ?? 0) + 1);
    expect(counts.size).toBe(62);
    const mean = (300 * 22) / 62;
    const chiSquare = [...counts.values()].reduce((sum, count) => sum + (count - mean) ** 2 / mean, 0);
    // 61 degrees of freedom: by chance above 125 once in a million runs. Bytes taken modulo 62 would give about 150.
    expect(chiSquare).toBeLessThan(125);
  }, 180_000);

  it("[S5] is in no log line, no health answer, and no header that travels on, whatever is asked", async () => {
    const { hash, cookies, abhi } = await pair();
    await say(abhi, "one");
    const wrong = `${hash.slice(0, 21)}_`;
    for (const broken of [false, true]) {
      const repairs = broken ? [breakStore("postgres"), breakStore("redis")] : [];
      for (const path of [
        hash,
        `${hash}/messages`,
        `${hash}/messages?before=x`,
        `${hash}/nowhere`,
        `${hash}/ws`,
        wrong,
      ]) {
        for (const method of ["GET", "POST", "DELETE", "OPTIONS"]) {
          const answer = await request(`/chat-server/user/${path}`, { method, cookie: cookies[0] });
          const headers = JSON.stringify([...answer.headers].filter(([name]) => name !== "set-cookie"));
          expect(headers).not.toContain(hash);
          expect(answer.headers.get("Referrer-Policy")).toBe("no-referrer");
        }
      }
      await request(`/chat-server/user/logout?hash=${wrong}`, { cookie: cookies[0] });
      expect(await (await request("/chat-server/health")).text()).not.toContain(hash);
      await alarm(hash);
      for (const repair of repairs) repair();
    }
    await request(`/chat-server/user/endchat?hash=${hash}`, { cookie: cookies[0] });
    expect(lines.length).toBeGreaterThan(40);
    expect(lines.filter((line) => line.includes(hash.slice(0, 10)))).toEqual([]);
    // The log is the only metric there is: routes are patterns.
    expect(lines.some((line) => line.includes('"route":"/chat-server/user/:hash/messages"'))).toBe(true);
  });
});

/** What `@upstash/redis` and `@upstash/ratelimit` may rely on, over the embedded Redis and a real one alike. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ratelimit } from "@upstash/ratelimit";
import { Redis } from "@upstash/redis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RunningServer } from "../../dev/json-server.ts";
import { findFreePort } from "../../dev/ports.ts";
import { startStandIn } from "../../dev/stand-in.ts";
import { scratchRedis } from "./real-servers.ts";

const TOKEN = "token-of-the-contract-suite";
const TEXT = 'Grüße, 世界 👋 \0 \x07 "quoted"\r\nnext line';

const server = await scratchRedis();
const backends = [
  { backend: "the embedded Redis", serverUrl: undefined, available: true },
  { backend: "a real Redis", serverUrl: server?.url, available: server !== undefined },
];
afterAll(() => server?.remove());

for (const { backend, serverUrl, available } of backends) {
  describe.skipIf(!available)(`Upstash's REST over ${backend}`, () => {
    let directory: string;
    let running: RunningServer;
    let redis: Redis;

    function start(port: number): Promise<RunningServer> {
      const snapshotFile = join(directory, "redis.json");
      return startStandIn({ kind: "upstash", options: { port, token: TOKEN, snapshotFile, serverUrl } });
    }

    beforeAll(async () => {
      directory = await mkdtemp(join(tmpdir(), "duet-upstash-"));
      // It comes back on the same one.
      running = await start(await findFreePort());
      redis = new Redis({ url: `http://127.0.0.1:${running.port}`, token: TOKEN });
    });
    afterAll(async () => {
      await running.stop();
      await rm(directory, { recursive: true });
    });

    it("[LOCAL-6] strings, numbers and objects come back as they went in", async () => {
      expect(await redis.set("text", TEXT)).toBe("OK");
      expect(await redis.get("text")).toBe(TEXT);
      await redis.set("ok", "OK");
      await redis.set("object", { a: [1, "x", null] });
      expect(await redis.mget("ok", "object", "none")).toEqual(["OK", { a: [1, "x", null] }, null]);
      expect(await redis.incrby("count", 5)).toBe(5);
      expect(await redis.get("count")).toBe(5);
    });

    it("[LOCAL-6] NX keeps what is there, EX and PX expire", async () => {
      expect(await redis.set("once", "first", { nx: true, ex: 100 })).toBe("OK");
      expect(await redis.set("once", "second", { nx: true })).toBeNull();
      expect(await redis.ttl("once")).toBeGreaterThan(60);
      await redis.set("short", "x", { px: 2_000 });
      expect(await redis.get("short")).toBe("x");
      await expect.poll(() => redis.exists("short")).toBe(0);
      expect(await redis.ttl("short")).toBe(-2);
    });

    it("[LOCAL-6] a hash is an object, and no hash is null", async () => {
      expect(await redis.hset("hash", { sender: TEXT, notify: 1, 7: "seven" })).toBe(3);
      expect(await redis.hincrby("hash", "notify", 2)).toBe(3);
      expect(await redis.hgetall("hash")).toEqual({ sender: TEXT, notify: 3, 7: "seven" });
      expect(await redis.hgetall("no-hash")).toBeNull();
      expect(await redis.hget("hash", "none")).toBeNull();
    });

    it("[LOCAL-6] lists, sets and sorted sets", async () => {
      await redis.rpush("list", "a", TEXT);
      expect(await redis.lrange("list", 0, -1)).toEqual(["a", TEXT]);
      await redis.sadd("set", "b", "a");
      expect((await redis.smembers("set")).sort()).toEqual(["a", "b"]);
      await redis.zadd("sorted", { score: 2.5, member: "later" }, { score: 1, member: "earlier" });
      expect(await redis.zrange("sorted", 0, -1, { withScores: true })).toEqual(["earlier", 1, "later", 2.5]);
    });

    it("[LOCAL-6] a pipeline answers each command, errors included", async () => {
      await redis.set("word", "x");
      const outcomes = await redis.pipeline().set("p", TEXT).incr("word").get("p").exec({ keepErrors: true });
      expect(outcomes.map(({ result }) => result)).toEqual(["OK", undefined, TEXT]);
      expect(outcomes[1]?.error).toContain("ERR value is not an integer");
    });

    it("[LOCAL-6] requests of one turn are sent as one pipeline", async () => {
      await redis.mset({ one: 1, two: 2 });
      expect(await Promise.all([redis.get("one"), redis.get("two"), redis.ping()])).toEqual([1, 2, "PONG"]);
    });

    it("[LOCAL-6] a transaction runs whole, or not at all when a command is malformed", async () => {
      expect(await redis.multi().set("m", 1).incr("m").get("m").exec()).toEqual(["OK", 2, 2]);
      const malformed = await post("/multi-exec", [
        ["SET", "m", "9"],
        ["SET", "m"],
      ]);
      expect(malformed).toMatchObject({ status: 400, body: { error: expect.stringContaining("EXECABORT") } });
      expect(await redis.get("m")).toBe(2);
    });

    it("[LOCAL-6] a script runs by its digest, and is sent when the server lacks it", async () => {
      const script = redis.createScript<[string, string]>("return {KEYS[1], redis.call('GET', ARGV[1])}");
      await redis.set("of-script", TEXT);
      await redis.scriptFlush();
      expect(await script.exec(["key"], ["of-script"])).toEqual(["key", TEXT]);
      expect(await script.exec(["key"], ["of-script"])).toEqual(["key", TEXT]);
    });

    it("[LOCAL-7] rate limits: fixed and sliding window", async () => {
      // Long windows: another one must not begin between two of these calls.
      for (const limiter of [Ratelimit.fixedWindow(2, "1 d"), Ratelimit.slidingWindow(2, "1 d")]) {
        const ratelimit = new Ratelimit({ redis, limiter, prefix: `limit:${crypto.randomUUID()}` });
        const verdicts = [await ratelimit.limit("me"), await ratelimit.limit("me"), await ratelimit.limit("me")];
        expect(verdicts.map(({ success }) => success)).toEqual([true, true, false]);
        expect((await ratelimit.limit("somebody else")).success).toBe(true);
      }
    });

    it("[LOCAL-4] a wrong or missing token is refused on every path", async () => {
      for (const path of ["/", "/pipeline", "/multi-exec", "/get/text", "/elsewhere"]) {
        expect(await post(path, ["GET", "text"], "wrong")).toMatchObject({ status: 401 });
        expect(await post(path, ["GET", "text"], "")).toMatchObject({ status: 401 });
      }
      const stranger = new Redis({ url: `http://127.0.0.1:${running.port}`, token: "wrong" });
      await expect(stranger.get("text")).rejects.toThrow("WRONGPASS");
    });

    it("[LOCAL-5] a bad request is answered as such, and the next one works", async () => {
      expect(await post("/", "not JSON")).toMatchObject({ status: 400 });
      expect(await post("/", {})).toMatchObject({ status: 400 });
      expect(await post("/", [])).toMatchObject({ status: 400 });
      expect(await post("/pipeline", ["GET"])).toMatchObject({ status: 400 });
      expect(await post("/", ["NONSENSE"])).toMatchObject({ status: 400 });
      expect(await post("/", ["SUBSCRIBE", "x"])).toMatchObject({ status: 400 });
      expect(await post("/elsewhere", ["PING"])).toMatchObject({ status: 404 });
      expect(await post("/", ["PING"])).toEqual({ status: 200, body: { result: "PONG" } });
    });

    it("[LOCAL-8] the data and its expiry are there after a restart on the same port", async () => {
      const before = await snapshot();
      await redis.set("expiring", "soon", { ex: 1_000 });
      const { port } = running;
      await running.stop();
      running = await start(port);
      expect(await snapshot()).toEqual(before);
      expect(await redis.get("expiring")).toBe("soon");
      expect(await redis.ttl("expiring")).toBeGreaterThan(900);
    });

    async function snapshot(): Promise<unknown[]> {
      const members = (await redis.smembers("set")).sort();
      const [list, sorted] = [
        await redis.lrange("list", 0, -1),
        await redis.zrange("sorted", 0, -1, { withScores: true }),
      ];
      return [await redis.get("text"), await redis.hgetall("hash"), list, members, sorted];
    }

    async function post(path: string, body: unknown, token = TOKEN) {
      const answer = await fetch(`http://127.0.0.1:${running.port}${path}`, {
        method: "POST",
        body: typeof body === "string" ? body : JSON.stringify(body),
        headers: { Authorization: `Bearer ${token}` },
      });
      return { status: answer.status, body: await answer.json() };
    }
  });
}

/** Stores that quote what they were told, and inputs that are noise or nearly right, in each kind of conversation (S12, S13). */
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { readDeviceFrame } from "../../../durable-objects/inbox/device-frames.ts";
import { isErrorCode } from "../../../protocol/errors.ts";
import { pick, seededRandom } from "../../faults/random.ts";
import { anyFrame, mutate, scramble } from "../fuzz-inputs.ts";
import { ACCOUNT_KINDS, chatOf, conversationOf } from "../kinds.ts";
import { alarm, loggedEvents, loseStorage, setLimits, untilStoresAreTrusted } from "../outage.ts";
import { breakStore, type Fault, flush } from "../stores.ts";
import { connect } from "./account-socket.ts";
import { ask, SIGNED_IN } from "./rows.ts";

const SEED = 20_261_120;
const FRAMES = 2_000;
const FATAL = 50;
const REQUESTS = 600;
const STACK = /\n\s+at |node_modules|\.ts:\d/;
const LEVELS = ["log", "info", "warn", "error", "debug", "trace"] as const;
const IN_CONVERSATIONS = SIGNED_IN.filter(({ endpoint }) => /\/conversations\/:id/.test(endpoint.path));

afterEach(() => {
  vi.restoreAllMocks();
});

const told: string[] = [];

/** Answers as a store does that quotes what it was told. */
const quoting: Fault = (_pass, { body, headers, url }) => {
  const message = `canary-store ${body} ${JSON.stringify([...headers])} ${url}`;
  told.push(message);
  return Promise.resolve(Response.json({ message, error: message, detail: message, code: "XX000" }, { status: 400 }));
};

describe.each(ACCOUNT_KINDS)("in a %s:", (kind) => {
  it("[S12] no secret of the stores, no text and no name comes into a log line; no secret into an answer", async () => {
    await untilStoresAreTrusted();
    const lines: string[] = [];
    const { hash: id, names, abhi, post, page } = await chatOf(kind);
    const lost = await chatOf(kind);
    await lost.abhi.say("canary-lost");
    for (const { hash } of [lost, { hash: id }]) await flush(hash);
    await abhi.say("canary-body");
    for (const level of LEVELS) {
      vi.spyOn(console, level).mockImplementation((...parts: unknown[]) => lines.push(parts.map(String).join(" ")));
    }
    const repairs = [breakStore("postgres", quoting), breakStore("redis", quoting)];
    await loseStorage(lost.hash);
    const answers = [
      await post(0, "canary-body"),
      await page(0),
      await lost.page(0),
      await lost.post(1, "canary-body"),
    ];
    await alarm(id);
    for (const repair of repairs) repair();
    const texts = await Promise.all(answers.map((answer) => answer.text()));
    const secrets = [env.SESSION_SECRET, env.DATABASE_URL, env.UPSTASH_REDIS_REST_TOKEN, "Bearer", "canary-store"];
    for (const secret of secrets) {
      expect([...lines, ...texts].filter((text) => text.includes(secret))).toEqual([]);
    }
    for (const personal of ["canary", id, lost.hash, ...names]) {
      expect(lines.filter((line) => line.includes(personal))).toEqual([]);
    }
    expect(answers[0]?.status).toBe(201);
    // Control: the stores knew it.
    expect(told.some((text) => text.includes("canary-body"))).toBe(true);
    vi.restoreAllMocks();
    await untilStoresAreTrusted();
  });

  it(`[S13] ${FRAMES} frames that are noise or nearly right: each change gets one answer, and nothing else is stored`, async () => {
    setLimits({ EVENTS_PER_SECOND: 1e9, EVENT_BURST: 1e9, SOCKETS_PER_PERSON: 1e6 });
    const { id, people } = await conversationOf(kind);
    const device = await connect(people[0], id);
    const errors = vi.spyOn(console, "error");
    const random = seededRandom(SEED);
    for (let sent = 0; sent < FRAMES;) {
      const frame = addressed(anyFrame(random), id);
      if (readDeviceFrame(frame).kind === "fatal") continue;
      device.sendText(frame);
      sent += 1;
      if (sent % 200 === 0) await device.say(id, "so far");
    }
    expect(device.closed).toBeUndefined();
    const acked = new Set(device.all({ type: "ack" }).map(({ seq }) => seq));
    const stored = (await loggedEvents(id)).map(({ seq }) => seq);
    expect(stored).toEqual(stored.map((_, index) => index + 1));
    expect(new Set(stored)).toEqual(acked);
    expect(errors).not.toHaveBeenCalled();
    await (await connect(people[1], id)).say(id, "still here");
  }, 180_000);

  it("[S13] frames that no client sends end their connection alone, and store nothing", async () => {
    setLimits({ SOCKETS_PER_PERSON: 1e6 });
    const { id, people } = await conversationOf(kind);
    const witness = await connect(people[1], id);
    const random = seededRandom(SEED + 1);
    for (let sent = 0; sent < FATAL;) {
      const frame = addressed(anyFrame(random), id);
      const reading = readDeviceFrame(frame);
      if (reading.kind !== "fatal") continue;
      const device = await connect(people[0], id);
      device.sendText(frame);
      expect(await device.closing()).toEqual({ code: 4000, reason: reading.reason });
      sent += 1;
    }
    expect(await loggedEvents(id)).toEqual([]);
    expect(witness.closed).toBeUndefined();
  }, 180_000);

  it(`[S13] ${REQUESTS} requests that are nearly right: none is a 500 or shows a stack`, async () => {
    setLimits({ EVENTS_PER_SECOND: 1e9, EVENT_BURST: 1e9 });
    const { id, people } = await conversationOf(kind);
    vi.spyOn(console, "log").mockImplementation(() => undefined);
    const errors = vi.spyOn(console, "error").mockImplementation(() => undefined);
    const wrong: string[] = [];
    const random = seededRandom(SEED + 2);
    for (let count = 0; count < REQUESTS; count += 1) {
      const { method, endpoint } = pick(random, IN_CONVERSATIONS);
      const { example } = endpoint.body ?? {};
      const right =
        typeof example === "object" && example !== null ? JSON.stringify(mutate(random, example)) : undefined;
      const answer = await ask(method, endpoint, {
        param: id,
        authorization: `Bearer ${people[0].token}`,
        ...(right !== undefined && { body: random() < 0.8 ? right : scramble(random, right) }),
      });
      const text = await answer.text();
      const isWell = answer.status < 500 && !STACK.test(text);
      const isCoded = answer.status < 400 || isErrorCode(JSON.parse(text).error.code);
      if (!isWell || !isCoded) wrong.push(`${method} ${endpoint.path}: ${answer.status} ${text}`);
    }
    expect(wrong).toEqual([]);
    expect(errors).not.toHaveBeenCalled();
  }, 180_000);
});

/** A frame that is an object says which conversation it is for. */
function addressed(frame: string | ArrayBuffer, id: string): string | ArrayBuffer {
  if (typeof frame !== "string" || !frame.startsWith('{"type"')) return frame;
  return `{"conversation_id":"${id}",${frame.slice(1)}`;
}

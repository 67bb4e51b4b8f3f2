/**
 * 100,000 inputs that are noise, or nearly right (guarantee S13).
 *
 * What is right by chance is stored, as it should be: the tests count it, and find nothing beyond it.
 */
import { env } from "cloudflare:workers";
import { listDurableObjectIds } from "cloudflare:test";
import { afterEach, expect, it, vi } from "vitest";
import { type Reading, readClientFrame } from "../../durable-objects/client-frames.ts";
import { isErrorCode } from "../../protocol/errors.ts";
import { CHANGE_FRAME_TYPES, CLOSE_REASONS } from "../../protocol/frames.ts";
import { seededRandom } from "../faults/random.ts";
import { anyFrame, anyRequest } from "./fuzz-inputs.ts";
import { loggedEvents, setLimits, tables } from "./outage.ts";
import { connect, login, pair, register, request, type TestSocket } from "./pair.ts";
import { flush } from "./stores.ts";

const SEED = 20_251_120;
const READ = 85_000;
const SENT = 4_500;
const FATAL = 500;
const REQUESTED = 10_000;
const STACK = /\n\s+at |node_modules|\.ts:\d|Error:/;

setLimits({
  SOCKETS_PER_PERSON: 1e6,
  EVENTS_PER_SECOND: 1e9,
  EVENT_BURST: 1e9,
  REGISTRATIONS_PER_MINUTE: 1e6,
  LOGINS_PER_MINUTE: 1e6,
});

afterEach(() => {
  vi.restoreAllMocks();
});

it(`[S13] ${READ} frames are read without a crash, each to one verdict`, () => {
  const random = seededRandom(SEED);
  const verdicts = { frame: 0, refused: 0, fatal: 0, unknown: 0 };
  for (let count = 0; count < READ; count += 1) {
    const reading = readClientFrame(anyFrame(random));
    verdicts[reading.kind] += 1;
    if (reading.kind === "fatal" && !CLOSE_REASONS.includes(reading.reason)) throw new Error(reading.reason);
    if (reading.kind === "refused" && !/^[\w-]{1,64}$/.test(reading.id)) throw new Error(reading.id);
  }
  console.log(`S13, seed ${SEED}: ${JSON.stringify(verdicts)}`);
  for (const count of Object.values(verdicts)) expect(count).toBeGreaterThan(1_000);
}, 180_000);

/** Frames from the generator, with what the object must make of them. */
function* frames(seed: number, isWanted: (reading: Reading) => boolean) {
  const random = seededRandom(seed);
  for (;;) {
    const frame = anyFrame(random);
    const reading = readClientFrame(frame);
    if (isWanted(reading)) yield { frame, reading };
  }
}

it(`[S13] ${SENT} frames at a live object: each change gets one answer, and nothing is stored but what was acknowledged`, async () => {
  const { hash, abhi, anny } = await pair();
  const tablesBefore = await tables(hash);
  const errors = vi.spyOn(console, "error");
  let answers = 0;
  let sent = 0;
  for (const { frame, reading } of frames(SEED + 1, ({ kind }) => kind !== "fatal")) {
    const isChange = reading.kind === "frame" && CHANGE_FRAME_TYPES.has(reading.frame.type);
    if (isChange || reading.kind === "refused") answers += 1;
    abhi.sendText(frame);
    sent += 1;
    if (sent % 300 === 0) await abhi.until(() => answersTo(abhi) === answers);
    if (sent === SENT) break;
  }
  expect(answersTo(abhi)).toBe(answers);
  expect(abhi.closed).toBeUndefined();
  const seqs = new Set(abhi.all("ack").map(({ seq }) => seq));
  const stored = await loggedEvents(hash);
  expect(stored.map(({ seq }) => seq)).toEqual([...seqs].toSorted((a, b) => a - b));
  expect(stored.map(({ seq }) => seq)).toEqual(stored.map((_, index) => index + 1));
  expect(await tables(hash)).toEqual(tablesBefore);
  expect(errors).not.toHaveBeenCalled();
  anny.send({ type: "send", id: "after", body: "still here" });
  await anny.frame("ack", ({ id }) => id === "after");
  await flush(hash);
  expect(abhi.all("degraded")).toEqual([]);
}, 180_000);

function answersTo(socket: TestSocket): number {
  return socket.all("ack").length + socket.all("nack").length;
}

it(`[S13] ${FATAL} frames that no client sends end their connection alone, and store nothing`, async () => {
  const { hash, cookies, anny } = await pair();
  const errors = vi.spyOn(console, "error");
  let sent = 0;
  for (const { frame, reading } of frames(SEED + 2, ({ kind }) => kind === "fatal")) {
    const socket = await connect(hash, cookies[0]);
    // Half of them before hello.
    if (sent % 2 === 0) await socket.hello();
    socket.sendText(frame);
    const reason = reading.kind === "fatal" ? reading.reason : undefined;
    expect(await socket.closing()).toEqual({ code: 4000, reason });
    sent += 1;
    if (sent === FATAL) break;
  }
  expect(await loggedEvents(hash)).toEqual([]);
  expect(anny.closed).toBeUndefined();
  expect(errors).not.toHaveBeenCalled();
}, 180_000);

it(`[S13] ${REQUESTED} HTTP requests: none is a 500 or shows a stack, and nothing is stored but what was answered 200`, async () => {
  const hash = await register();
  const cookie = await login(hash, "Abhi");
  const known = (await listDurableObjectIds(env.CONVERSATION)).length;
  vi.spyOn(console, "log").mockImplementation(() => undefined);
  const errors = vi.spyOn(console, "error").mockImplementation(() => undefined);
  const random = seededRandom(SEED + 3);
  const statuses = new Map<number, number>();
  const stored = new Set<number>();
  let chats = 0;

  async function fire(): Promise<void> {
    const { body, ...asked } = anyRequest(random, hash, cookie);
    const answer = await request(asked.path, { ...asked, ...(body !== undefined && { body }) });
    const text = await answer.text();
    const problem = problemOf(answer.status, text, asked.method);
    if (problem !== undefined) throw new Error(`${problem}: ${JSON.stringify({ ...asked, body, text })}`);
    statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
    if (answer.status !== 200 || asked.method !== "POST") return;
    if (asked.path.endsWith("message_send")) stored.add(JSON.parse(text).data.seq);
    if (asked.path.endsWith("submit")) chats += 1;
  }

  for (let count = 0; count < REQUESTED; count += 20) await Promise.all(Array.from({ length: 20 }, fire));
  vi.restoreAllMocks();
  console.log(`S13, seed ${SEED + 3}: ${JSON.stringify(Object.fromEntries(statuses))}`);
  expect(errors).not.toHaveBeenCalled();
  expect((await loggedEvents(hash)).map(({ seq }) => seq)).toEqual([...stored].toSorted((a, b) => a - b));
  expect(await listDurableObjectIds(env.CONVERSATION)).toHaveLength(known + chats);
}, 300_000);

/** @returns what is wrong with an answer, or undefined */
function problemOf(status: number, text: string, method: string): string | undefined {
  if (status >= 500) return "A server error";
  if (STACK.test(text)) return "A stack";
  if (status < 400 || method === "HEAD") return undefined;
  const { error } = JSON.parse(text);
  return isErrorCode(error.code) && error.requestId ? undefined : "Not the error body";
}

/** Postgres away, hanging, forgetful or choosy (guarantees O1–O5). */
import { env } from "cloudflare:workers";
import { runInDurableObject } from "cloudflare:test";
import { afterEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { chatOf, KINDS } from "./kinds.ts";
import { alarm, evict, expectArchived, hang, loggedEvents, say, setLimits } from "./outage.ts";
import { failure, pair, request, type TestSocket } from "./pair.ts";
import { archivedMessages, breakStore, flush } from "./stores.ts";

const GENEROUS = { EVENTS_PER_SECOND: 100_000, EVENT_BURST: 100_000, EVENTS_KEPT: 100_000 };
const STORE_TIMEOUT_MS = 1_000;
// No outbox runs but when it is asked to, or after a failure: what is said here takes a slow machine its time.
setLimits({ ...GENEROUS, STORE_TIMEOUT_MS, ARCHIVE_DELAY_MS: 60_000 });

afterEach(() => {
  vi.restoreAllMocks();
});

async function sayAndChange(abhi: TestSocket, anny: TestSocket): Promise<void> {
  await say(abhi, "one", "two", "three");
  anny.send({ type: "react", id: "r-1", seq: 1, emoji: "👍" });
  abhi.send({ type: "edit", id: "e-1", seq: 2, body: "two!" });
  abhi.send({ type: "delete", id: "d-1", seq: 3 });
  await anny.frame("ack", ({ id }) => id === "r-1");
  await abhi.frame("ack", ({ id }) => id === "d-1");
}

/** Milliseconds that `count` messages take, each sent after the ack of the one before, while the outbox is at work. */
async function time(hash: string, socket: TestSocket, count: number): Promise<number> {
  const flushing = flush(hash);
  const started = performance.now();
  await say(socket, ...Array.from({ length: count }, (_, index) => `message ${index}`));
  const taken = performance.now() - started;
  await flushing;
  return taken;
}

describe.each(KINDS)("in a %s:", (kind) => {
  it("[O1] an alarm that fires twice, and again in the middle of a flush, writes what one flush writes", async () => {
    const { hash, abhi, anny } = await chatOf(kind);
    await sayAndChange(abhi, anny);
    let requests = 0;
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const repair = breakStore("postgres", async (pass, { body }) => {
      if (!body.includes(hash)) return pass();
      requests += 1;
      const answer = await pass();
      await released;
      return answer;
    });
    const alarms = [alarm(hash), alarm(hash)];
    await expect.poll(() => requests).toBe(1);
    await say(anny, "in the middle");
    alarms.push(alarm(hash));
    release();
    await Promise.all(alarms);
    repair();
    await expectArchived(hash);
    const settled = await archivedMessages(hash);
    expect(settled).toHaveLength(4);

    // The object died between Postgres' commit and its own note of it: everything is written a second time, twice.
    await runInDurableObject(env.CONVERSATION.getByName(hash), (_, { storage }) => {
      storage.sql.exec("update conversation set archived_seq = 0");
    });
    await evict(hash);
    await Promise.all([alarm(hash), alarm(hash)]);
    expect(await archivedMessages(hash)).toEqual(settled);
  });

  it("[O2] while Postgres is a black hole acks are as fast as before; then the backlog drains by itself, in order", async () => {
    const { hash, abhi, anny } = await chatOf(kind);
    const [PER_ROUND, BACKLOG] = kind === "pair chat" ? [150, 1_200] : [50, 600];
    await time(hash, abhi, PER_ROUND);
    const up: number[] = [];
    const down: number[] = [];
    const ratio = () => Math.min(...down) / Math.min(...up);
    // Whatever else the machine has to do slows down one round or the other: with more of them each has a good one.
    while (up.length < 3 || (ratio() >= 2 && up.length < 8)) {
      up.push(await time(hash, abhi, PER_ROUND));
      const repair = breakStore("postgres", hang);
      down.push(await time(hash, abhi, PER_ROUND));
      repair();
      await flush(hash);
    }
    console.log(`O2, ${kind}: ack latency with Postgres down / up = ${ratio().toFixed(2)}`);
    expect(ratio()).toBeLessThan(2);

    const seqs: number[] = [];
    const lost = breakStore("postgres", hang);
    await say(abhi, ...Array.from({ length: BACKLOG }, (_, index) => `backlog ${index}`));
    await flush(hash);
    await anny.until(() => anny.all("degraded").at(-1)?.postgres === true);
    lost();
    const watch = breakStore("postgres", (pass, { body }) => {
      const written = body.matchAll(/\\"type\\":\\"message\\",\\"seq\\":(\d+)/g);
      // The outboxes of other tests' chats may be at work too.
      if (body.includes(hash)) seqs.push(...Array.from(written, ([, seq]) => Number(seq)));
      return pass();
    });
    // Nobody calls `flush` here.
    await expect
      .poll(async () => (await archivedMessages(hash)).length, { timeout: 30_000 })
      .toBe((1 + up.length + down.length) * PER_ROUND + BACKLOG);
    watch();
    // A statement may carry an event twice, and a batch may come again: in which order they come first is what counts.
    const inOrder = [...new Set(seqs)];
    expect(inOrder).toEqual(inOrder.toSorted((a, b) => a - b));
    expect(inOrder.length).toBeGreaterThanOrEqual(BACKLOG);
    await expectArchived(hash);
    await anny.until(() => anny.all("degraded").at(-1)?.postgres === false);
  }, 120_000);

  it("[O3] answers lost after the commit, one after the other, lead to no duplicate", async () => {
    const { hash, abhi, anny } = await chatOf(kind);
    // What it is, and who is in it, goes to Postgres before all that is said.
    await flush(hash);
    const repair = breakStore("postgres", async (pass) => {
      await pass();
      throw new TypeError("Answer lost");
    });
    await sayAndChange(abhi, anny);
    await flush(hash);
    repair();
    expect((await archivedMessages(hash)).length).toBeGreaterThan(0);
    await say(abhi, "four");
    await flush(hash);
    await expectArchived(hash);
  });

  it("[O3] a smaller batch after a larger one whose answer was lost is no sign of a rollback", async () => {
    const { hash, abhi, connect } = await chatOf(kind);
    const { epoch } = await abhi.frame("welcome");
    // What it is, and who is in it, goes to Postgres before all that is said.
    await flush(hash);
    await say(abhi, ...Array.from({ length: 300 }, (_, index) => `message ${index}`));
    const repair = breakStore("postgres", async (pass) => {
      await pass();
      throw new TypeError("Answer lost");
    });
    await flush(hash);
    repair();
    expect(await archivedMessages(hash)).toHaveLength(300);
    await flush(hash);
    await expectArchived(hash);
    const again = await connect(0);
    expect(await again.hello()).toMatchObject({ epoch, head: 300 });
  });

  it("[O4] a row that Postgres refuses is set aside and reported by its code alone; the rest flush", async () => {
    const { hash, names, abhi, anny } = await chatOf(kind);
    const errors = vi.spyOn(console, "error").mockImplementation(() => undefined);
    const repair = breakStore("postgres", (pass, { body }) =>
      body.includes("canary-poison")
        ? Promise.resolve(
            Response.json(
              { severity: "ERROR", code: "22P05", message: 'canary-message: "canary-poison"' },
              { status: 400 },
            ),
          )
        : pass(),
    );
    await say(abhi, ...Array.from({ length: 20 }, (_, index) => `before ${index}`));
    await say(anny, "canary-poison");
    await say(abhi, ...Array.from({ length: 20 }, (_, index) => `after ${index}`));
    await flush(hash);
    const bodies = (await loggedEvents(hash)).flatMap((event) => (event.type === "message" ? [event.body] : []));
    expect((await archivedMessages(hash)).map(({ body }) => body)).toEqual(
      bodies.filter((body) => body !== "canary-poison"),
    );
    const lines = errors.mock.calls.map(String).filter((line) => line.includes("22P05"));
    expect(lines).toHaveLength(1);
    for (const word of ["canary", ...names, hash]) expect(lines.join("")).not.toContain(word);
    // It is dealt with: no outage is told, and nothing is tried for ever.
    expect(anny.all("degraded")).toEqual([]);
    await say(anny, "later");
    await flush(hash);
    repair();
    expect((await archivedMessages(hash)).at(-1)).toMatchObject({ body: "later", seq: 42 });
    expect(errors.mock.calls.map(String).filter((line) => line.includes("22P05"))).toHaveLength(1);
  });

  it("[O5] a Postgres that hangs is given up within the time limit, and no chat waits for it", async () => {
    const LONG_TIMEOUT_MS = 2_500;
    setLimits({ STORE_TIMEOUT_MS: LONG_TIMEOUT_MS });
    onTestFinished(() => setLimits({ STORE_TIMEOUT_MS }));
    const { hash, abhi, anny, page } = await chatOf(kind);
    await say(abhi, "1", "2", "3");
    await flush(hash);
    await runInDurableObject(env.CONVERSATION.getByName(hash), (_, { storage }) => {
      storage.sql.exec("delete from events where seq = 1");
    });
    await evict(hash);
    const aborted = vi.fn<() => void>();
    const repair = breakStore("postgres", (pass, asked) => {
      asked.signal?.addEventListener("abort", aborted);
      return hang(pass, asked);
    });
    const waiting = Promise.all([page(0), request("/chat-server/health"), flush(hash)]);
    // On a machine that is late, so is this.
    const tooLate = new Promise<never>((_resolve, reject) => {
      setTimeout(() => reject(new Error("Not given up within the time limit.")), LONG_TIMEOUT_MS * 1.5);
    });
    await say(abhi, "meanwhile");
    await anny.frame("message", ({ body }) => body === "meanwhile");
    const newest = await page(1, "?limit=2");
    expect(newest.status).toBe(200);
    // All of that while nothing was given up yet.
    expect(aborted).not.toHaveBeenCalled();
    const [older, health] = await Promise.race([waiting, tooLate]);
    expect(await failure(older)).toEqual({ status: 503, code: "UNAVAILABLE" });
    expect(await health.json()).toMatchObject({ status: "degraded", checks: { postgres: false, redis: true } });
    expect(aborted.mock.calls.length).toBeGreaterThan(0);
    repair();
  });
});

it("[ARCH-11] a Postgres too slow for a batch gets smaller ones, until one is through", async () => {
  const { hash, abhi } = await pair();
  await flush(hash);
  const sizes: number[] = [];
  const repair = breakStore("postgres", (pass, asked) => {
    if (!asked.body.includes(hash)) return pass();
    const size = asked.body.split('\\"type\\":\\"message\\"').length - 1;
    sizes.push(size);
    return size > 200 ? hang(pass, asked) : pass();
  });
  await say(abhi, ...Array.from({ length: 300 }, (_, index) => `message ${index}`));
  await flush(hash);
  expect(await archivedMessages(hash)).toEqual([]);
  await expect.poll(async () => (await archivedMessages(hash)).length, { timeout: 20_000 }).toBe(300);
  repair();
  expect(Math.max(...sizes)).toBeGreaterThan(200);
  await expectArchived(hash);
});

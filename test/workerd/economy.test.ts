/** What a chat costs in rows, alarms and round trips: counted, so that no change makes it dearer unnoticed. */
import { env } from "cloudflare:workers";
import { runInDurableObject } from "cloudflare:test";
import { expect, it } from "vitest";
import { loggedEvents, say, setLimits } from "./outage.ts";
import { connect, evict, pair } from "./pair.ts";
import { countRows } from "./rows.ts";
import { archivedMessages, breakStore, flush } from "./stores.ts";

const UNLIMITED = { EVENTS_PER_SECOND: 100_000, EVENT_BURST: 100_000 };
/** Milliseconds from now until the object's alarm goes off; undefined without one. */
async function untilAlarm(hash: string): Promise<number | undefined> {
  const stub = env.CONVERSATION.getByName(hash);
  const at = await runInDurableObject(stub, (_, { storage }) => storage.getAlarm());
  return at === null ? undefined : at - Date.now();
}

it("[ARCH-9] the more Postgres has of a chat, the less often it is written, while people are there", async () => {
  // Long enough for a slow machine to say what is said here before an alarm goes off.
  const ARCHIVE_DELAY_MS = 6_000;
  setLimits({ ...UNLIMITED, ARCHIVE_DELAY_MS, ARCHIVE_INTERVAL_MS: 180_000 });
  const { hash, abhi, anny } = await pair();
  const takeAll = async () => {
    anny.send({ type: "delivered", seq: abhi.all("ack").length });
    await abhi.frame("receipt", ({ deliveredSeq }) => deliveredSeq === abhi.all("ack").length);
  };
  await say(abhi, "one");
  expect(await untilAlarm(hash)).toBeLessThanOrEqual(ARCHIVE_DELAY_MS);
  await say(abhi, ...Array.from({ length: 9 }, (_, index) => `and ${index}`));
  await takeAll();
  await flush(hash);
  expect(await untilAlarm(hash)).toBeUndefined();
  await say(abhi, "eleven");
  const wait = await untilAlarm(hash);
  expect(wait).toBeGreaterThan(5 * ARCHIVE_DELAY_MS);
  expect(wait).toBeLessThanOrEqual(10 * ARCHIVE_DELAY_MS);
  await say(abhi, ...Array.from({ length: 40 }, (_, index) => `and ${index}`));
  await takeAll();
  await flush(hash);
  await say(abhi, "the last");
  expect(await untilAlarm(hash)).toBeGreaterThan(10 * ARCHIVE_DELAY_MS);
  // It would be minutes; but when both have left, nothing more is worth waiting for.
  abhi.close();
  await anny.frame("presence", ({ name, online }) => name === "Abhi" && !online);
  anny.close();
  await expect.poll(() => untilAlarm(hash)).toBeLessThanOrEqual(ARCHIVE_DELAY_MS);
  await expect.poll(async () => (await archivedMessages(hash)).length, { timeout: 30_000 }).toBe(52);
});

it("[ARCH-10] in a long chat a message takes the place of the oldest one that Postgres has: one row each", async () => {
  // No flush but those that are asked for.
  setLimits({ ...UNLIMITED, ARCHIVE_DELAY_MS: 60_000, ARCHIVE_INTERVAL_MS: 60_000, EVENTS_KEPT: 100 });
  const { hash, cookies, abhi } = await pair();
  const { epoch } = await abhi.frame("welcome");
  const talk = (count: number) => say(abhi, ...Array.from({ length: count }, (_, index) => `message ${index}`));
  await talk(150);
  await flush(hash);
  const rows = await countRows(env.CONVERSATION.getByName(hash));
  await talk(50);
  expect(rows()).toBe(50);
  const seqs = (await loggedEvents(hash)).map(({ seq }) => seq);
  expect(seqs).toEqual(Array.from({ length: 150 }, (_, index) => 51 + index));

  // What waits for Postgres is never overwritten.
  const repair = breakStore("postgres");
  await talk(200);
  repair();
  expect((await loggedEvents(hash)).map(({ seq }) => seq)).toEqual(
    Array.from({ length: 250 }, (_, index) => 151 + index),
  );
  await evict(hash);
  const behind = await connect(hash, cookies[1]);
  expect(await behind.hello({ epoch, since: 150 })).toMatchObject({ recovered: true, head: 400 });
  expect(behind.all("message").map(({ seq }) => seq)).toEqual(Array.from({ length: 250 }, (_, index) => 151 + index));
  // An id that was overwritten is not known any more; one that is kept is.
  const [first] = await loggedEvents(hash);
  if (first?.type !== "message") throw new Error("The log begins with a message.");
  abhi.send({ type: "send", id: first.id, body: first.body });
  expect(await abhi.frame("ack", ({ id, seq }) => id === first.id && seq === 151)).toBeDefined();
  await flush(hash);
  expect((await archivedMessages(hash)).map(({ seq }) => seq)).toEqual(
    Array.from({ length: 400 }, (_, index) => index + 1),
  );
  // An outage's backlog does not stay for ever: it is twice as much as is to be kept.
  expect((await loggedEvents(hash)).map(({ seq }) => seq)).toEqual(
    Array.from({ length: 100 }, (_, index) => 301 + index),
  );
});

/** What a message costs: operations counted in the real Worker on plain workerd, and the bill that they make. */
import { setTimeout as sleep } from "node:timers/promises";
import { sql } from "drizzle-orm";
import * as z from "zod";
import { createDuet, until } from "../client/index.ts";
import { type Stack, startStack } from "../dev/stack.ts";
import { findArchived } from "../drizzle/archived.ts";
import { createDb } from "../drizzle/client.ts";
import { messages as messagesTable } from "../drizzle/schema.ts";
import { parseLimits } from "../protocol/limits.ts";
import { join } from "../test/e2e/two-people.ts";
import { add, COUNTED_WORKER, type Counts, difference, readCounts, scale } from "./counts.ts";
import type { Measurement } from "./figures.ts";
import { type Case, describe, reportOperations } from "./operations-report.ts";
import { Talk } from "./rhythm.ts";

const { ARCHIVE_DELAY_MS, ARCHIVE_INTERVAL_MS, EVENTS_KEPT, STORE_TIMEOUT_MS } = parseLimits({});
const FASTEST_GAP_MS = 50;
const SPEED_MAX = 40;
/** In each of so many chats, what happens from one write to Postgres to the second after it. */
const CHATS = 3;
const ARCHIVINGS = 2;
const POLL_MS = 25;
/** So many waiting messages are written to Postgres at once: durable-objects/archive-task.ts. */
const FULL_BATCH = 500;
/** Milliseconds for what goes along with an alarm, and for the stores. */
const SETTLE_MS = 1_500;
/** Older messages of a chat: as many as an object keeps, and some. From then on each new one displaces an old one. */
const OLDER = EVENTS_KEPT + 100;

/** Roughly as people write. */
const PEOPLE: Case = { name: "one every 5 s", gapMs: 5_000, isGate: true };
const BURST: Case = { name: "all at once", gapMs: 0, isGate: true };
/** A chat's first messages, at the pace of PEOPLE: the object writes to Postgres the less often the more it has. */
const YOUNG = {
  name: "one every 5 s, the first 100 of a chat",
  gapMs: 5_000,
  isGate: false,
  isYoung: true,
  messages: 100,
};
const QUICK_CASES = [BURST, PEOPLE];
const CASES: Case[] = [
  BURST,
  { name: "4 a second", gapMs: 250, isGate: false },
  { name: "one a second", gapMs: 1_000, isGate: false },
  PEOPLE,
  YOUNG,
  { name: "one every 15 s", gapMs: 15_000, isGate: false },
  { name: "one a minute", gapMs: 60_000, isGate: false },
];

export const operations: Measurement = {
  title: "Operations and their price",
  async run({ isQuick, tell }) {
    const groups = Map.groupBy(isQuick ? QUICK_CASES : CASES, speedOf);
    const results = await Promise.all(
      Array.from(groups, ([speed, cases]) =>
        onStack(speed, async (stack) => {
          const old = await Promise.all(cases.map((each) => makeOldTalks(stack, each, speed)));
          // Forgets what these beginnings left for later, such as a look after somebody who left.
          await stack.worker.kill();
          await stack.worker.start();
          const [visit, ...counted] = await Promise.all([
            speed === 1 ? countVisit(stack) : undefined,
            ...cases.map(async (each, index) => {
              const counts = await count(each, stack, old[index] ?? [], speed);
              tell(`${each.name}: ${describe(counts)}`);
              return { ...each, counts, speed };
            }),
          ]);
          return { visit, counted, bytes: await bytesPerMessage(stack.databaseUrl) };
        }),
      ),
    );
    const counted = results.flatMap((result) => result.counted).sort((a, b) => a.gapMs - b.gapMs);
    const [people] = results.flatMap(({ visit, bytes }) => (visit ? [{ ...PEOPLE, visit, bytes }] : []));
    if (!people) throw new Error("No visit was counted.");
    return reportOperations(counted, people);
  },
};

/** Fast enough to be done soon, slow enough that the stores, which run at their own speed, stay quick beside it. */
function speedOf({ gapMs }: Case): number {
  return Math.max(1, Math.min(SPEED_MAX, gapMs / FASTEST_GAP_MS));
}

async function onStack<T>(speed: number, work: (stack: Stack) => Promise<T>): Promise<T> {
  const stack = await startStack({
    runtime: "workerd",
    entry: COUNTED_WORKER,
    vars: {
      EVENTS_PER_SECOND: "100000",
      EVENT_BURST: "100000",
      REGISTRATIONS_PER_MINUTE: "100000",
      LOGINS_PER_MINUTE: "100000",
      ARCHIVE_DELAY_MS: String(ARCHIVE_DELAY_MS / speed),
      ARCHIVE_INTERVAL_MS: String(ARCHIVE_INTERVAL_MS / speed),
    },
  });
  try {
    return await work(stack);
  } finally {
    await stack.stop();
  }
}

function count(each: Case, stack: Stack, old: readonly Talk[], speed: number): Promise<Counts> {
  if (each === YOUNG) return countYoung(stack, speed);
  return each.gapMs === 0 ? countBurst(stack, old) : countSteady(stack, old, each.gapMs, speed);
}

/** @returns what 1,000 messages take that are sent at once */
async function countBurst({ url }: Stack, [talk]: readonly Talk[]): Promise<Counts> {
  if (!talk) throw new Error("There is no chat.");
  await comeBack(url, talk, 1);
  const before = await readCounts(url, [talk.hash]);
  await talk.talk({ messages: 1_000, gapMs: 0 });
  await sleep(ARCHIVE_DELAY_MS + SETTLE_MS);
  const counts = difference(await readCounts(url, [talk.hash]), before);
  talk.leave();
  return counts;
}

/** @returns what 1,000 messages take that are the first of their chats; making those apart */
async function countYoung({ url }: Stack, speed: number): Promise<Counts> {
  const { gapMs, messages } = YOUNG;
  const all = await Promise.all(
    Array.from({ length: CHATS }, async () => {
      const talk = await Talk.start(url, speed);
      await talk.come();
      await sleep(ARCHIVE_DELAY_MS / speed + SETTLE_MS);
      const before = await readCounts(url, [talk.hash]);
      await talk.talk({ messages, gapMs });
      talk.leave();
      await sleep(ARCHIVE_DELAY_MS / speed + SETTLE_MS);
      return difference(await readCounts(url, [talk.hash]), before);
    }),
  );
  return scale(all.reduce(add), CHATS * messages, 1_000);
}

/** @returns what 1,000 messages of this rhythm take, while it goes on */
async function countSteady({ url }: Stack, old: readonly Talk[], gapMs: number, speed: number): Promise<Counts> {
  const windows = await Promise.all(
    old.map(async (talk) => {
      await comeBack(url, talk, speed);
      const end = new AbortController();
      const talking = talk.talk({ messages: Infinity, gapMs }, end.signal);
      const periodMs = Math.min(ARCHIVE_INTERVAL_MS, FULL_BATCH * gapMs) / speed;
      const first = await untilArchived(url, talk, 1, periodMs);
      const last = await untilArchived(url, talk, ARCHIVINGS, periodMs);
      end.abort();
      await talking;
      talk.leave();
      return { counts: difference(last.counts, first.counts), messages: last.said - first.said };
    }),
  );
  const messages = windows.reduce((sum, window) => sum + window.messages, 0);
  return scale(windows.map(({ counts }) => counts).reduce(add), messages, 1_000);
}

/**
 * @param periodMs - milliseconds from one time to the next; what comes much sooner belongs to the one before
 * @returns the counts after the object has written to Postgres so many times more
 */
async function untilArchived(url: string, talk: Talk, times: number, periodMs: number) {
  for (let time = 1; ; time++) {
    await sleep(periodMs / 2);
    const { postgresRequests } = await readCounts(url, [talk.hash]);
    let counts: Counts;
    do {
      await sleep(POLL_MS);
      counts = await readCounts(url, [talk.hash]);
    } while (counts.postgresRequests === postgresRequests);
    if (time === times) return { counts, said: talk.said };
  }
}

/** Chats with a past, of which Postgres knows, and which nobody has open. */
async function makeOldTalks({ url, databaseUrl }: Stack, each: Case, speed: number): Promise<Talk[]> {
  const length = each === YOUNG ? 0 : each === BURST ? 1 : CHATS;
  const db = createDb(databaseUrl, STORE_TIMEOUT_MS);
  return Promise.all(
    Array.from({ length }, async () => {
      const talk = await Talk.start(url, speed);
      await talk.come();
      await talk.talk({ messages: OLDER, gapMs: 0 });
      talk.leave();
      while ((await findArchived(db, talk.hash, OLDER)) === undefined) await sleep(POLL_MS);
      return talk;
    }),
  );
}

/** Both come, and what their coming leads to is over: however long that takes here, it belongs to no message. */
async function comeBack(url: string, talk: Talk, speed: number): Promise<void> {
  await talk.come();
  let before: number;
  let asked = 0;
  do {
    before = asked;
    await sleep(ARCHIVE_DELAY_MS / speed + SETTLE_MS);
    const { postgresRequests, redisRequests } = await readCounts(url, [talk.hash]);
    asked = postgresRequests + redisRequests;
  } while (asked !== before);
}

/** @returns what it takes that both, signed in, open the chat's page, one says a word, and they leave it again */
async function countVisit({ url }: Stack): Promise<Counts> {
  const { hash } = await createDuet({ baseUrl: url }).register({ userOne: "Abhi", userTwo: "Anny" });
  const people = await Promise.all([join(url, hash, "Abhi"), join(url, hash, "Anny")]);
  for (const { conversation } of people) conversation.close();
  await sleep(ARCHIVE_DELAY_MS + SETTLE_MS);
  const before = await readCounts(url, [hash]);
  for (const { duet, conversation } of people) {
    await fetch(`${url}/demo/chat/user/${hash}`);
    await duet.chat(hash);
    conversation.connect();
    await until(conversation, ({ status, loaded }) => status === "live" && loaded);
  }
  people[0].conversation.send("Good night!");
  await sleep(ARCHIVE_DELAY_MS + SETTLE_MS);
  for (const { conversation } of people) conversation.close();
  await sleep(ARCHIVE_DELAY_MS + SETTLE_MS);
  return difference(await readCounts(url, [hash]), before);
}

/** @returns what Postgres keeps of a message of 35 letters, the entry of its index included */
async function bytesPerMessage(databaseUrl: string): Promise<number> {
  const query = sql`select (pg_total_relation_size('messages') / count(*))::int as bytes from ${messagesTable}`;
  const { rows } = await createDb(databaseUrl, STORE_TIMEOUT_MS).execute(query);
  return z.tuple([z.object({ bytes: z.int() })]).parse(rows)[0].bytes;
}

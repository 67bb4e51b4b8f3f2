/** What a message costs: operations counted in the real Worker on plain workerd, and the bill that they make. */
import { setTimeout as sleep } from "node:timers/promises";
import { sql } from "drizzle-orm";
import * as z from "zod";
import { createDuet, until } from "../client/index.ts";
import { type Stack, startStack } from "../dev/stack.ts";
import { createDb } from "../drizzle/client.ts";
import { messages as messagesTable } from "../drizzle/schema.ts";
import { parseLimits } from "../protocol/limits.ts";
import { join } from "../test/e2e/two-people.ts";
import { add, billedRows, COUNTED_WORKER, type Counts, difference, readCounts, scale } from "./counts.ts";
import type { Figure, Findings, Measurement, Plot } from "./figures.ts";
import { billPerMillion, type BillLine, total } from "./prices.ts";
import { type Rhythm, startTalk, type Talk, talk } from "./rhythm.ts";

const { ARCHIVE_DELAY_MS } = parseLimits({});
/** A longer delay is not waited for: the chats and the delay run faster, by the same factor. */
const SPEED = Math.max(1, ARCHIVE_DELAY_MS / 5_000);
const DELAY_MS = ARCHIVE_DELAY_MS / SPEED;
/** Milliseconds for what goes along with an alarm, and for the stores. */
const SETTLE_MS = 1_500;
const MESSAGES_PER_VISIT = 50;

const ROWS_AIM = 1_100;
const POSTGRES_AIM = 20;
const BILL_AIM = 2;

interface Case {
  name: string;
  /** Milliseconds between two messages of a chat. */
  gapMs: number;
  isGate: boolean;
  isQuick: boolean;
}

const PEOPLE: Case = { name: "a message every 5 s, as people write", gapMs: 5_000, isGate: false, isQuick: true };
const CASES: Case[] = [
  { name: "all at once", gapMs: 0, isGate: true, isQuick: true },
  { name: "20 messages a second", gapMs: 50, isGate: false, isQuick: false },
  { name: "4 messages a second", gapMs: 250, isGate: false, isQuick: true },
  { name: "a message a second", gapMs: 1_000, isGate: false, isQuick: false },
  PEOPLE,
  { name: "a message every 15 s", gapMs: 15_000, isGate: false, isQuick: false },
];

interface Counted {
  gapMs: number;
  /** Of 1,000 messages. */
  counts: Counts;
}

export const operations: Measurement = {
  title: "Operations and their price",
  async run({ isQuick, tell }) {
    const stack = await startStack({
      runtime: "workerd",
      entry: COUNTED_WORKER,
      vars: {
        EVENTS_PER_SECOND: "100000",
        EVENT_BURST: "100000",
        REGISTRATIONS_PER_MINUTE: "100000",
        LOGINS_PER_MINUTE: "100000",
        ARCHIVE_DELAY_MS: String(DELAY_MS),
      },
    });
    try {
      const cases = CASES.filter((each) => each.isQuick || !isQuick);
      const counted = await Promise.all(
        cases.map(async (each) => {
          const counts = await countMessages(stack, rhythmOf(each.gapMs, isQuick ? 200 : 1_000));
          tell(`${each.name}: ${describe(counts)}`);
          return { ...each, counts };
        }),
      );
      const visit = await countVisit(stack);
      return report(counted, visit, await bytesPerMessage(stack.databaseUrl));
    } finally {
      await stack.stop();
    }
  },
};

/** Long enough for several archive batches, in as many chats as make up about `total` messages. */
function rhythmOf(gapMs: number, total: number): Rhythm {
  if (gapMs === 0) return { chats: 1, messages: 1_000, gapMs };
  const messages = Math.max(4, Math.ceil((3 * ARCHIVE_DELAY_MS) / gapMs));
  return { chats: Math.max(1, Math.ceil(total / messages)), messages, gapMs };
}

/** @returns what 1,000 messages of this rhythm take; coming and going apart */
async function countMessages({ url }: Stack, rhythm: Rhythm): Promise<Counts> {
  const talks: Talk[] = [];
  for (let made = 0; made < rhythm.chats; made++) talks.push(await startTalk(url, SPEED));
  const hashes = talks.map(({ hash }) => hash);
  await sleep(DELAY_MS + SETTLE_MS);
  const before = await readCounts(url, hashes);
  await talk(talks, rhythm, SPEED);
  await sleep(DELAY_MS + SETTLE_MS);
  const counts = difference(await readCounts(url, hashes), before);
  for (const { pair } of talks) for (const talker of pair) talker.leave();
  return scale(counts, rhythm.chats * rhythm.messages, 1_000);
}

/** @returns what it takes that both open the chat's page, signed in, and leave it again */
async function countVisit({ url }: Stack): Promise<Counts> {
  const { hash } = await createDuet({ baseUrl: url }).register({ userOne: "Abhi", userTwo: "Anny" });
  const people = await Promise.all([join(url, hash, "Abhi"), join(url, hash, "Anny")]);
  for (const { conversation } of people) conversation.close();
  await sleep(DELAY_MS + SETTLE_MS);
  const before = await readCounts(url, [hash]);
  for (const { duet, conversation } of people) {
    await fetch(`${url}/demo/chat/user/${hash}`);
    await duet.chat(hash);
    conversation.connect();
    await until(conversation, ({ status, loaded }) => status === "live" && loaded);
  }
  await sleep(DELAY_MS + SETTLE_MS);
  for (const { conversation } of people) conversation.close();
  await sleep(DELAY_MS + SETTLE_MS);
  return difference(await readCounts(url, [hash]), before);
}

/** @returns what Postgres keeps of a message of 35 letters, the entry of its index included */
async function bytesPerMessage(databaseUrl: string): Promise<number> {
  const query = sql`select (pg_total_relation_size('messages') / count(*))::int as bytes from ${messagesTable}`;
  const { rows } = await createDb(databaseUrl, 10_000).execute(query);
  return z.tuple([z.object({ bytes: z.int() })]).parse(rows)[0].bytes;
}

function report(counted: readonly (Case & Counted)[], visit: Counts, bytes: number): Findings {
  const figures = counted.flatMap(({ name, counts, isGate }): Figure[] => [
    figure(`1,000 messages, ${name}: object rows written`, billedRows(counts), ROWS_AIM, isGate),
    figure(`1,000 messages, ${name}: Postgres round trips`, counts.postgresRequests, POSTGRES_AIM, isGate),
  ]);
  const redis = Math.max(...counted.map(({ counts }) => counts.redisCommands));
  figures.push(figure("1,000 messages, while both are there: Redis commands", redis, 0, true));
  const notes = [TABLE_HEAD + counted.map(({ name, counts }) => toRow(name, counts)).join("\n")];
  for (const { name, counts, isGate } of counted) {
    if (name !== PEOPLE.name && !isGate) continue;
    const dollars = total(billPerMillion(counts, 1_000, bytes));
    figures.push(money(`A million messages, ${name}: the bill`, dollars, isGate));
    if (name !== PEOPLE.name) continue;
    const visits = scale(visit, 1, 1_000 / MESSAGES_PER_VISIT);
    const bill = billPerMillion(add(counts, visits), 1_000, bytes);
    figures.push(
      money(`The same, with both coming and going every ${MESSAGES_PER_VISIT} messages`, total(bill), isGate),
    );
    notes.push(`The bill of a million messages, ${name}, both coming and going every ${MESSAGES_PER_VISIT}:`);
    notes.push(toTable(bill), BILL_NOTE(bytes));
  }
  return { figures, notes, plots: [toPlot(counted)] };
}

function figure(name: string, count: number, aim: number, isGate: boolean): Figure {
  const value = count.toLocaleString("en", { maximumFractionDigits: 0 });
  return {
    name,
    aim: aim === 0 ? "0" : `≤${aim.toLocaleString("en")}`,
    value,
    met: Math.round(count) <= aim,
    isGate,
  };
}

function money(name: string, dollars: number, isGate: boolean): Figure {
  return { name, aim: `under $${BILL_AIM}`, value: `$${dollars.toFixed(2)}`, met: dollars < BILL_AIM, isGate };
}

function describe(counts: Counts): string {
  return `${Math.round(billedRows(counts))} rows, ${Math.round(counts.postgresRequests)} Postgres round trips`;
}

const TABLE_HEAD = `Of 1,000 messages, with an archive delay of ${ARCHIVE_DELAY_MS / 1_000} s${SPEED > 1 ? `, run ${SPEED} times as fast` : ""}:

| rhythm | rows written | alarms set | alarms | commits | rows read | socket messages | Postgres: requests | statements | Redis commands | HTTP and calls |
|---|---|---|---|---|---|---|---|---|---|---|
`;

function toRow(name: string, counts: Counts): string {
  const { rowsWritten, alarmsSet, alarms, commits, rowsRead, socketMessages, postgresRequests } = counts;
  const { postgresStatements, redisCommands, httpRequests, objectRequests } = counts;
  const cells = [rowsWritten, alarmsSet, alarms, commits, rowsRead, socketMessages, postgresRequests];
  cells.push(postgresStatements, redisCommands, httpRequests + objectRequests);
  return `| ${name} | ${cells.map((cell) => Math.round(cell).toLocaleString("en")).join(" | ")} |`;
}

function toTable(bill: readonly BillLine[]): string {
  const rows = bill.map(({ what, quantity, dollars }) => `| ${what} | ${quantity} | ${dollars.toFixed(3)} |`);
  return ["| | quantity | US$ |", "|---|---|---|", ...rows, `| **all** | | **${total(bill).toFixed(2)}** |`].join("\n");
}

const BILL_NOTE = (bytes: number) =>
  `Counted, at list prices, beyond what plans include (bench/prices.ts names the pages). Assumed: an object is awake for 10 ms per socket message or alarm and while Postgres answers; every message is kept for a month, in both places, at the ${bytes} bytes that Postgres takes; Postgres' compute is paid for the time it works on the stand-in. What does not grow with messages is not in it: Cloudflare's plan ($5 a month), and a Postgres that never sleeps ($19 a month for the smallest).`;

function toPlot(counted: readonly Counted[]): Plot {
  const steady = counted.filter(({ gapMs }) => gapMs > 0);
  const line = (name: string, y: (counts: Counts) => number) => ({
    name,
    points: steady.map(({ gapMs, counts }) => ({ x: gapMs / 1_000, y: y(counts) })),
  });
  return {
    file: "operations",
    title: "Operations per 1,000 messages, by rhythm",
    x: { label: "seconds between messages", isLogarithmic: true },
    y: { label: "per 1,000 messages", isLogarithmic: true },
    lines: [line("object rows", billedRows), line("Postgres round trips", ({ postgresRequests }) => postgresRequests)],
  };
}

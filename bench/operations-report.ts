/** What the counted operations come to: figures, tables, a plot and the bill. */
import { add, billedRows, type Counts, scale } from "./counts.ts";
import type { Figure, Findings, Plot } from "./figures.ts";
import { billPerMillion, type BillLine, total } from "./prices.ts";

const ROWS_AIM = 1_100;
const POSTGRES_AIM = 20;
const BILL_AIM = 2;
const MESSAGES_PER_VISIT = 50;

export interface Case {
  name: string;
  /** Milliseconds between two messages of a chat. */
  gapMs: number;
  isGate: boolean;
  /** Whether it is about the beginning of a chat, and ends with the two going. */
  isYoung?: boolean;
}

export interface Counted extends Case {
  /** How much faster than in life it ran. */
  speed: number;
  /** Of 1,000 messages. */
  counts: Counts;
}

/** The case whose bill is told line by line. */
export interface Billed extends Case {
  /** What it takes that both come and go. */
  visit: Counts;
  /** That Postgres keeps of a message. */
  bytes: number;
}

export function reportOperations(counted: readonly Counted[], { name: billed, visit, bytes }: Billed): Findings {
  const figures = counted.flatMap(({ name, counts, isGate }): Figure[] => [
    figure(`1,000 messages, ${name}: object rows written`, billedRows(counts), ROWS_AIM, isGate),
    figure(`1,000 messages, ${name}: Postgres round trips`, counts.postgresRequests, POSTGRES_AIM, isGate),
  ]);
  const redis = Math.max(...counted.map(({ isYoung, counts }) => (isYoung ? 0 : counts.redisCommands)));
  figures.push(figure("1,000 messages, while both are there: Redis commands", redis, 0, true));
  const notes = [COUNTED_NOTE, [...TABLE_HEAD, ...counted.map(toRow)].join("\n")];
  for (const { name, counts, isGate } of counted) {
    if (name !== billed && !isGate) continue;
    const dollars = total(billPerMillion(counts, 1_000, bytes));
    figures.push(money(`A million messages, ${name}: the bill`, dollars, isGate));
    if (name !== billed) continue;
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
  return { name, aim: `≤${toText(aim)}`, value: toText(count), met: Math.round(count) <= aim, isGate };
}

function money(name: string, dollars: number, isGate: boolean): Figure {
  return { name, aim: `under $${BILL_AIM}`, value: `$${dollars.toFixed(2)}`, met: dollars < BILL_AIM, isGate };
}

export function describe(counts: Counts): string {
  return `${Math.round(billedRows(counts))} rows, ${Math.round(counts.postgresRequests)} Postgres round trips`;
}

const COUNTED_NOTE =
  "Counted inside the objects and the Worker, of 1,000 messages by two people who are both there, type, and read, in a chat that is older than what its object keeps. Where the speed is not 1, the people and the product's own waits ran that much faster than in life.";

const TABLE_HEAD = [
  "| rhythm | speed | rows written | alarms set | alarms | commits | rows read | socket messages | Postgres requests | statements | Redis commands | HTTP and calls |",
  "|---|---|---|---|---|---|---|---|---|---|---|---|",
];

function toRow({ name, speed, counts }: Counted): string {
  const { rowsWritten, alarmsSet, alarms, commits, rowsRead, socketMessages, postgresRequests } = counts;
  const { postgresStatements, redisCommands, httpRequests, objectRequests } = counts;
  const cells = [rowsWritten, alarmsSet, alarms, commits, rowsRead, socketMessages, postgresRequests];
  cells.push(postgresStatements, redisCommands, httpRequests + objectRequests);
  return `| ${[name, String(speed), ...cells.map(toText)].join(" | ")} |`;
}

function toText(count: number): string {
  return count.toLocaleString("en", { maximumFractionDigits: 0 });
}

function toTable(bill: readonly BillLine[]): string {
  const rows = bill.map(({ what, quantity, dollars }) => `| ${what} | ${quantity} | ${dollars.toFixed(3)} |`);
  return ["| | quantity | US$ |", "|---|---|---|", ...rows, `| **all** | | **${total(bill).toFixed(2)}** |`].join("\n");
}

const BILL_NOTE = (bytes: number) =>
  `Counted, at list prices, beyond what plans include (bench/prices.ts names the pages). Assumed: an object is awake for 10 ms per socket message or alarm and while Postgres answers; every message is kept for a month, in both places, at the ${bytes} bytes that Postgres takes; Postgres' compute is paid for the time it works on the stand-in. What does not grow with messages is not in it: Cloudflare's plan ($5 a month), and a Postgres that never sleeps ($19 a month for the smallest).`;

function toPlot(counted: readonly Counted[]): Plot {
  const steady = counted.filter(({ gapMs, isYoung }) => gapMs > 0 && !isYoung);
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

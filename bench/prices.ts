/** What a million messages cost at public list prices, beyond what a plan includes. */
import { billedRows, type Counts } from "./counts.ts";

/** US dollars, looked up on 20 November 2026. */
const PRICES = {
  /** https://developers.cloudflare.com/workers/platform/pricing/ */
  workerRequest: 0.3 / 1e6,
  /** https://developers.cloudflare.com/durable-objects/platform/pricing/, as the next five */
  objectRequest: 0.15 / 1e6,
  socketMessagesPerRequest: 20,
  objectGbSecond: 12.5 / 1e6,
  rowWritten: 1 / 1e6,
  rowRead: 0.001 / 1e6,
  objectGbMonth: 0.2,
  /** https://neon.com/docs/introduction/plans, Launch, as the next */
  neonCuHour: 0.106,
  neonGbMonth: 0.35,
  /** https://upstash.com/pricing/redis, pay as you go */
  redisCommand: 0.2 / 1e5,
};

/** Of an object, whatever it uses. */
const OBJECT_GB = 0.128;
/** Neon's smallest compute. */
const NEON_CU = 0.25;
/** That a socket message or an alarm keeps an object awake, apart from Postgres: what Cloudflare's own examples take. */
const AWAKE_MS = 10;

export interface BillLine {
  what: string;
  quantity: string;
  dollars: number;
}

/**
 * @param counts - of `messages` messages
 * @param bytes - that Postgres keeps of a message
 * @returns the bill for a million messages, each kept for a month
 */
export function billPerMillion(counts: Counts, messages: number, bytes: number): BillLine[] {
  const scale = 1e6 / messages;
  const rows = billedRows(counts) * scale;
  const requests =
    (counts.objectRequests + counts.alarms + counts.socketMessages / PRICES.socketMessagesPerRequest) * scale;
  const awakeMs = (counts.socketMessages + counts.alarms) * AWAKE_MS + counts.postgresMs;
  const gbSeconds = (awakeMs / 1_000) * OBJECT_GB * scale;
  const cuHours = (counts.postgresMs / 3_600_000) * NEON_CU * scale;
  const gigabytes = (bytes * 1e6) / 1e9;
  return [
    line("object rows written, alarms set among them", rows, PRICES.rowWritten),
    line("object rows read", counts.rowsRead * scale, PRICES.rowRead),
    line("object requests: calls, alarms, socket messages at 20 to 1", requests, PRICES.objectRequest),
    line("object duration, GB-s", gbSeconds, PRICES.objectGbSecond),
    line("Worker requests", counts.httpRequests * scale, PRICES.workerRequest),
    line("Redis commands", counts.redisCommands * scale, PRICES.redisCommand),
    line("Postgres compute, CU-hours", cuHours, PRICES.neonCuHour),
    line("Postgres storage, GB-months", gigabytes, PRICES.neonGbMonth),
    line("object storage, GB-months", gigabytes, PRICES.objectGbMonth),
  ];
}

export function total(bill: readonly BillLine[]): number {
  return bill.reduce((sum, { dollars }) => sum + dollars, 0);
}

function line(what: string, quantity: number, price: number): BillLine {
  const digits = quantity < 100 ? 2 : 0;
  return {
    what,
    quantity: quantity.toLocaleString("en", { maximumFractionDigits: digits }),
    dollars: quantity * price,
  };
}

/** How many operations of each kind a run took, as the counted Worker tells them. */
import * as z from "zod";
import { keysOf } from "../protocol/keys-of.ts";

export const Counts = z.object({
  /** To the Worker, upgrades included; without those that make a chat or sign in. */
  httpRequests: z.int(),
  /** To an object: one per call of a verb, and per upgrade. */
  objectRequests: z.int(),
  /** From clients; pings that the runtime answers by itself are none. */
  socketMessages: z.int(),
  /** Alarms that went off. */
  alarms: z.int(),
  alarmsSet: z.int(),
  /** By SQL in objects, entries of indexes included. */
  rowsWritten: z.int(),
  rowsRead: z.int(),
  /** Turns of an object in which something was written. */
  commits: z.int(),
  postgresRequests: z.int(),
  postgresStatements: z.int(),
  /** Milliseconds that objects and the Worker waited for Postgres, in sum. */
  postgresMs: z.int(),
  redisRequests: z.int(),
  redisCommands: z.int(),
});
export type Counts = z.infer<typeof Counts>;

/** What a stack runs whose operations are to be counted. */
export const COUNTED_WORKER = "bench/counted/worker.ts";

/**
 * @param url - of a stack that runs COUNTED_WORKER
 * @returns the sum over some chats, since each began
 */
export async function readCounts(url: string, hashes: readonly string[]): Promise<Counts> {
  const query = new URLSearchParams(hashes.map((hash) => ["hash", hash]));
  const response = await fetch(new URL(`/counts?${String(query)}`, url));
  return Counts.parse(await response.json());
}

export function difference(after: Counts, before: Counts): Counts {
  return map(after, (value, name) => value - before[name]);
}

/** @param of - how many messages, or visits, took `counts` */
export function scale(counts: Counts, of: number, to: number): Counts {
  return map(counts, (value) => (value / of) * to);
}

export function add(one: Counts, other: Counts): Counts {
  return map(one, (value, name) => value + other[name]);
}

/** Cloudflare counts an alarm that is set as a row. */
export function billedRows({ rowsWritten, alarmsSet }: Counts): number {
  return rowsWritten + alarmsSet;
}

function map(counts: Counts, change: (value: number, name: keyof Counts) => number): Counts {
  const changed = { ...counts };
  for (const name of keysOf(counts)) changed[name] = change(counts[name], name);
  return changed;
}

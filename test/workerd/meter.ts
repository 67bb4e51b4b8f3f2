/** Asks the deployment's Meter, and looks into it. */
import { env } from "cloudflare:workers";
import { runInDurableObject } from "cloudflare:test";
import { expect, vi } from "vitest";
import { type Pair, request } from "./pair.ts";
import { parseExposition, type Samples } from "./prometheus.ts";
import { flush } from "./stores.ts";

export const PATH = "/chat-server/metrics";
export const TOKEN = "a-token-for-metrics";
export const WAIT = { timeout: 15_000, interval: 50 };
export const meter = env.METER.getByName("meter");

export function ask(authorization?: string, method = "GET"): Promise<Response> {
  return request(PATH, { method, headers: authorization === undefined ? {} : { Authorization: authorization } });
}

export async function scrape(): Promise<Samples> {
  return parseExposition(await (await ask(`Bearer ${TOKEN}`)).text());
}

/** @returns how much each series has risen since */
export async function risenSince(before: Samples): Promise<Record<string, number>> {
  const after = await scrape();
  const risen = [...after].map(([series, value]) => [series, value - (before.get(series) ?? 0)] as const);
  return Object.fromEntries(risen.filter(([, value]) => value !== 0));
}

/** Every row that the Meter keeps. */
export function rows(table: "figures" | "objects"): Promise<Record<string, SqlStorageValue>[]> {
  return runInDurableObject(meter, (_, { storage }) => storage.sql.exec(`select * from ${table}`).toArray());
}

/** Both leave; the Meter forgets the chat. No other may be open. */
export async function leave({ hash, abhi, anny }: Pair): Promise<void> {
  abhi.close();
  anny.close();
  await vi.waitFor(async () => {
    await flush(hash);
    expect(await rows("objects")).toEqual([]);
  }, WAIT);
}

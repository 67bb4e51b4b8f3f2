/** Looks into, and breaks, the stores behind the Worker. */
import { env } from "cloudflare:workers";
import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { asc, eq } from "drizzle-orm";
import { onTestFinished } from "vitest";
import { createDb } from "../../drizzle/client.ts";
import { chats, messages } from "../../drizzle/schema.ts";
import { breakers, CircuitBreaker } from "../../durable-objects/circuit-breaker.ts";
import { createRedis } from "../../redis/client.ts";

export const db = createDb(env.DATABASE_URL, 5_000);
const redis = createRedis(env.UPSTASH_REDIS_REST_URL, env.UPSTASH_REDIS_REST_TOKEN, 5_000);

/** Lets the outbox run now. An alarm that went off by itself, and is still at work, is waited for. */
export async function flush(hash: string): Promise<void> {
  const stub = env.CONVERSATION.getByName(hash);
  const wasSet = await runDurableObjectAlarm(stub);
  if (!wasSet) await runInDurableObject(stub, (object) => object.alarm());
}

export async function archivedChat(hash: string) {
  const [chat] = await db.select().from(chats).where(eq(chats.hash, hash));
  return chat;
}

export function archivedMessages(hash: string) {
  return db.select().from(messages).where(eq(messages.conversationId, hash)).orderBy(asc(messages.seq));
}

export function sessionRecord(hash: string, user: string) {
  return redis.hgetall(`session:${hash}:${user}`);
}

const HOSTS = {
  postgres: new URL(env.DATABASE_URL).port,
  redis: new URL(env.UPSTASH_REDIS_REST_URL).port,
};

/** What becomes of a request to a store: `pass` sends it on. */
export type Fault = (pass: () => Promise<Response>, request: StoreRequest) => Promise<Response>;

interface StoreRequest {
  url: string;
  headers: Headers;
  body: string;
  signal: AbortSignal | undefined;
}

const realFetch = globalThis.fetch;
const faults = new Map<string, Fault>();

/**
 * Makes every request to a store do as `fault` says, until the returned function is called, or the test is over. Both
 * may be broken. The requests are those of all chats of the file: whoever counts must look whose they are.
 */
export function breakStore(
  store: keyof typeof HOSTS,
  fault: Fault = () => Promise.reject(new TypeError("Network lost")),
): () => void {
  faults.set(HOSTS[store], fault);
  globalThis.fetch = faultyFetch;
  closeBreaker(store);
  const repair = () => {
    if (faults.get(HOSTS[store]) !== fault) return;
    faults.delete(HOSTS[store]);
    if (faults.size === 0) globalThis.fetch = realFetch;
    closeBreaker(store);
  };
  onTestFinished(repair);
  return repair;
}

/** All chats of the isolate share it: what failed for others, or before, would decide what a test sees. */
function closeBreaker(store: keyof typeof HOSTS): void {
  breakers[store] = new CircuitBreaker();
}

const faultyFetch: typeof fetch = (input, init) => {
  const pass = () => realFetch(input, init);
  const url = new URL(input instanceof Request ? input.url : String(input));
  return (
    faults.get(url.port)?.(pass, {
      url: url.href,
      headers: new Headers(init?.headers),
      body: typeof init?.body === "string" ? init.body : "",
      signal: init?.signal ?? undefined,
    }) ?? pass()
  );
};

/** What outages look like from inside the Worker, and what must be true after them. */
import { env } from "cloudflare:workers";
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { expect, onTestFinished, vi } from "vitest";
import { LoggedEvent } from "../../protocol/frames.ts";
import { applyChange, toTranscriptMessage, type TranscriptMessage } from "../../protocol/transcript.ts";
import { register, type TestSocket } from "./pair.ts";
import { archivedChat, archivedMessages, type Fault } from "./stores.ts";

/** Answers nothing, and ends only when the caller gives up: a black hole. */
export const hang: Fault = (_pass, { signal }) =>
  new Promise((_resolve, reject) => {
    signal?.addEventListener("abort", () => reject(signal.reason));
  });

/** Sets limits of the deployment for objects and requests that come after. */
export function setLimits(limits: Record<string, number>): void {
  for (const [name, value] of Object.entries(limits)) Object.assign(env, { [name]: String(value) });
}

/**
 * Lets the clock stand until the test is over: no limit is refilled, and no window of one begins, however long the
 * machine takes.
 *
 * @returns how to put it forward, by milliseconds
 */
export function stopClock(): (ms: number) => void {
  vi.useFakeTimers({ toFake: ["Date"] });
  onTestFinished(() => void vi.useRealTimers());
  return (ms) => void vi.setSystemTime(Date.now() + ms);
}

/** Sends messages one by one, each after the ack of the one before. */
export async function say(socket: TestSocket, ...bodies: string[]): Promise<void> {
  for (const body of bodies) {
    const id = crypto.randomUUID();
    socket.send({ type: "send", id, body });
    await socket.frame("ack", (ack) => ack.id === id);
  }
}

/** Lets the alarm's handler run, whether an alarm is set or not. */
export function alarm(hash: string): Promise<void> {
  return runInDurableObject(env.CONVERSATION.getByName(hash), (object) => object.alarm());
}

export async function evict(hash: string): Promise<void> {
  await evictDurableObject(env.CONVERSATION.getByName(hash));
}

/** As a disaster would: the object starts anew from nothing. */
export async function loseStorage(hash: string): Promise<void> {
  await runInDurableObject(env.CONVERSATION.getByName(hash), (_, { storage }) => storage.deleteAll());
  await evictDurableObject(env.CONVERSATION.getByName(hash), { webSockets: "close" });
}

/** What gave up on a store for a while may need a moment to try it again. */
export async function untilStoresAreTrusted(): Promise<void> {
  const isTrusted = () => register().then(() => "trusted");
  await expect.poll(isTrusted, { timeout: 20_000, interval: 250 }).toBe("trusted");
}

/** Every event in the object's own log, in order. */
export function loggedEvents(hash: string): Promise<LoggedEvent[]> {
  return runInDurableObject(env.CONVERSATION.getByName(hash), (_, { storage }) =>
    storage.sql
      .exec<{ frame: string }>("select frame from events order by seq")
      .toArray()
      .map(({ frame }) => LoggedEvent.parse(JSON.parse(frame))),
  );
}

/** Names of all tables of the object. */
export function tables(hash: string): Promise<string[]> {
  return runInDurableObject(env.CONVERSATION.getByName(hash), (_, { storage }) => tablesOf(storage.sql));
}

/** The runtime's own tables can't be read. */
function tablesOf(sql: SqlStorage): string[] {
  const names = sql.exec<{ name: string }>("select name from sqlite_master where type = 'table' order by name");
  return names.toArray().flatMap(({ name }) => (name.startsWith("_cf_") ? [] : [name]));
}

/** Everything that is stored about a chat: each row of the object, Postgres' rows, and the alarm. */
export async function everythingStored(hash: string): Promise<string> {
  const object = await runInDurableObject(env.CONVERSATION.getByName(hash), async (_, { storage }) => {
    const tables = tablesOf(storage.sql).map((name) => [name, storage.sql.exec(`select * from "${name}"`).toArray()]);
    return { tables, alarm: (await storage.getAlarm()) !== null };
  });
  return JSON.stringify([object, await archivedChat(hash), await archivedMessages(hash)]);
}

/** The checker: Postgres holds every logged message once, as the log's changes leave it, and nothing else. */
export async function expectArchived(hash: string): Promise<void> {
  const messages = new Map<number, TranscriptMessage>();
  for (const event of await loggedEvents(hash)) {
    if (event.type === "message") messages.set(event.seq, toTranscriptMessage(event));
    else {
      const target = messages.get(event.target);
      if (target) messages.set(event.target, applyChange(target, event));
    }
  }
  const inLog = [...messages.values()].map(asLine);
  const inPostgres = (await archivedMessages(hash)).map(asLine);
  expect(inPostgres.filter((line) => !inLog.includes(line))).toEqual([]);
  expect(inLog.filter((line) => !inPostgres.includes(line))).toEqual([]);
  expect(inPostgres).toHaveLength(inLog.length);
}

function asLine(message: Pick<TranscriptMessage, "seq" | "id" | "sender" | "body" | "reactions">): string {
  const { seq, id, sender, body, reactions } = message;
  return JSON.stringify([seq, id, sender, body, reactions]);
}

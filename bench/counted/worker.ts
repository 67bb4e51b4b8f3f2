/** The product's Worker, every operation of which is counted. Not a line of the product is another. */
import { AsyncLocalStorage } from "node:async_hooks";
import { Conversation as Product } from "../../durable-objects/conversation.ts";
import { keysOf } from "../../protocol/keys-of.ts";
import { app } from "../../worker/app.ts";
import type { Counts } from "../counts.ts";

export { Inbox } from "../../durable-objects/inbox/inbox.ts";

const COUNTS_PATH = "/counts";
/** Where Neon takes SQL; other requests that leave are Redis'. */
const NEON_PATH = "/sql";
const HASH = /\b[0-9A-Za-z]{22}\b/;

/** Ways into an object that are not one request each. */
const HANDLERS: Record<string, keyof Counts | undefined> = {
  webSocketMessage: "socketMessages",
  alarm: "alarms",
  webSocketClose: undefined,
  webSocketError: undefined,
};

type Cursor = SqlStorageCursor<Record<string, SqlStorageValue>>;

/** What is known of one object. */
class Tally {
  readonly #counts = zero();
  /** A cursor knows its rows only once it was read to its end. */
  #cursors: Cursor[] = [];
  #hasWrittenInTurn = false;

  add(name: keyof Counts, count = 1): void {
    this.#counts[name] += count;
  }

  ran(cursor: Cursor): void {
    this.#cursors.push(cursor);
    if (cursor.rowsWritten > 0) this.wrote();
  }

  /** All that is written before control goes back to the runtime is one transaction: one commit. */
  wrote(): void {
    if (this.#hasWrittenInTurn) return;
    this.#hasWrittenInTurn = true;
    this.add("commits");
    queueMicrotask(() => {
      this.#hasWrittenInTurn = false;
    });
  }

  sum(): Counts {
    for (const { rowsRead, rowsWritten } of this.#cursors.splice(0)) {
      this.add("rowsRead", rowsRead);
      this.add("rowsWritten", rowsWritten);
    }
    return this.#counts;
  }
}

/** By the id of the object. They outlive its hibernation. */
const tallies = new Map<string, Tally>();
/** Whose object it is that works. */
const current = new AsyncLocalStorage<Tally>();

function tallyOf(id: DurableObjectId): Tally {
  const tally = tallies.get(id.toString()) ?? new Tally();
  tallies.set(id.toString(), tally);
  return tally;
}

export class Conversation extends Product {
  readonly tally: Tally;

  constructor(ctx: DurableObjectState, env: Env) {
    const tally = tallyOf(ctx.id);
    watchStorage(ctx.storage, tally);
    super(ctx, env);
    this.tally = tally;
  }
}

for (const [name, { value: verb }] of Object.entries(Object.getOwnPropertyDescriptors(Product.prototype))) {
  if (typeof verb !== "function" || name === "constructor") continue;
  const counted = name in HANDLERS ? HANDLERS[name] : "objectRequests";
  const value = new Proxy(verb, {
    apply(target, self: Conversation, parameters) {
      if (counted) self.tally.add(counted);
      return current.run(self.tally, () => Reflect.apply(target, self, parameters));
    },
  });
  Object.defineProperty(Conversation.prototype, name, { value, writable: true, configurable: true });
}

function watchStorage(storage: DurableObjectStorage, tally: Tally): void {
  const { sql } = storage;
  // By reflection, because `exec` is generic: no wrapper that keeps its type can be written without a cast.
  const exec: (query: string, ...bindings: unknown[]) => Cursor = Reflect.get(sql, "exec");
  const setAlarm = storage.setAlarm.bind(storage);
  Reflect.set(sql, "exec", (query: string, ...bindings: unknown[]) => {
    const cursor = Reflect.apply(exec, sql, [query, ...bindings]);
    tally.ran(cursor);
    return cursor;
  });
  storage.setAlarm = (time, options) => {
    tally.add("alarmsSet");
    tally.wrote();
    return setAlarm(time, options);
  };
}

globalThis.fetch = new Proxy(fetch, {
  async apply(target, self, parameters) {
    const tally = current.getStore();
    const { path, body } = requestOf(parameters);
    const isPostgres = path === NEON_PATH;
    tally?.add(isPostgres ? "postgresRequests" : "redisRequests");
    tally?.add(isPostgres ? "postgresStatements" : "redisCommands", commandsIn(path, body));
    const start = Date.now();
    const response: Response = await Reflect.apply(target, self, parameters);
    if (isPostgres) tally?.add("postgresMs", Date.now() - start);
    return response;
  },
});

function requestOf([input, init]: unknown[]): { path: string; body: unknown } {
  const url = input instanceof Request ? input.url : String(input);
  const hasBody = typeof init === "object" && init !== null && "body" in init && typeof init.body === "string";
  return { path: new URL(url).pathname, body: hasBody ? JSON.parse(String(init.body)) : undefined };
}

/** Neon takes one statement, or `queries`; Upstash one command at /, and several elsewhere. */
function commandsIn(path: string, body: unknown): number {
  const isObject = typeof body === "object" && body !== null;
  if (isObject && "queries" in body && Array.isArray(body.queries)) return body.queries.length;
  return Array.isArray(body) && path !== "/" ? body.length : 1;
}

const worker: ExportedHandler<Env> = {
  fetch(request, env, ctx) {
    const url = new URL(request.url);
    if (url.pathname === COUNTS_PATH) return countsOf(url.searchParams.getAll("hash"), env);
    const [hash] = HASH.exec(url.pathname) ?? [];
    if (hash !== undefined) tallyOf(env.CONVERSATION.idFromName(hash)).add("httpRequests");
    return app.fetch(request, env, ctx);
  },
};

// oxlint-disable-next-line import/no-default-export -- what the runtime runs
export default worker;

/** The sum over these chats. */
function countsOf(hashes: readonly string[], env: Env): Response {
  const sum = zero();
  for (const hash of hashes) {
    const counts = tallyOf(env.CONVERSATION.idFromName(hash)).sum();
    for (const name of keysOf(counts)) sum[name] += counts[name];
  }
  return Response.json(sum);
}

function zero(): Counts {
  return {
    httpRequests: 0,
    objectRequests: 0,
    socketMessages: 0,
    alarms: 0,
    alarmsSet: 0,
    rowsWritten: 0,
    rowsRead: 0,
    commits: 0,
    postgresRequests: 0,
    postgresStatements: 0,
    postgresMs: 0,
    redisRequests: 0,
    redisCommands: 0,
  };
}

/** Counts what objects do, without a line of the product being another. */
import { AsyncLocalStorage } from "node:async_hooks";
import { DurableObject } from "cloudflare:workers";
import { keysOf } from "../../protocol/keys-of.ts";
import type { Counts } from "../counts.ts";

/** Ways into an object that are not one request each. */
const HANDLERS: Record<string, keyof Counts | undefined> = {
  webSocketMessage: "socketMessages",
  alarm: "alarms",
  webSocketClose: undefined,
  webSocketError: undefined,
};

type Cursor = SqlStorageCursor<Record<string, SqlStorageValue>>;

/** What is known of one object. */
export class Tally {
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
export const current = new AsyncLocalStorage<Tally>();

export function tallyOf(id: DurableObjectId): Tally {
  const tally = tallies.get(id.toString()) ?? new Tally();
  tallies.set(id.toString(), tally);
  return tally;
}

/**
 * Counts every call of a verb.
 *
 * @param counted - a class whose instances have a `tally`
 * @param product - the class that it extends
 */
export function countVerbs(counted: { prototype: object }, product: { prototype: object }): void {
  for (const [name, { value: verb }] of Object.entries(verbsOf(product.prototype))) {
    if (typeof verb !== "function" || name === "constructor") continue;
    const kind = name in HANDLERS ? HANDLERS[name] : "objectRequests";
    const value = new Proxy(verb, {
      apply(target, self: { tally?: Tally }, parameters) {
        const { tally } = self;
        // Called by the object itself, or by its constructor: no way in.
        if (!tally || current.getStore() === tally) return Reflect.apply(target, self, parameters);
        if (kind) tally.add(kind);
        return current.run(tally, () => Reflect.apply(target, self, parameters));
      },
    });
    Object.defineProperty(counted.prototype, name, { value, writable: true, configurable: true });
  }
}

/** Own ones and inherited ones, down to what is the runtime's own. */
function verbsOf(prototype: object): Record<string, PropertyDescriptor> {
  if (prototype === DurableObject.prototype) return {};
  const inherited = verbsOf(Object.getPrototypeOf(prototype));
  return { ...inherited, ...Object.getOwnPropertyDescriptors(prototype) };
}

export function watchStorage(storage: DurableObjectStorage, tally: Tally): void {
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

/** The sum over these objects, since each began. */
export function sumOf(ids: readonly DurableObjectId[]): Counts {
  const sum = zero();
  for (const id of ids) {
    const counts = tallyOf(id).sum();
    for (const name of keysOf(counts)) sum[name] += counts[name];
  }
  return sum;
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

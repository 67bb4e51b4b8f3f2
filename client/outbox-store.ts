/** Where unsent changes are kept until the server has them. */
import { createStore, del, delMany, entries, keys, set } from "idb-keyval";
import * as z from "zod/mini";
import { SeqOrZero, Timestamp } from "../protocol/fields.ts";
import { CHANGE_FRAME_TYPES, type ChangeFrame, ClientFrame } from "../protocol/frames.ts";

/** A change on its way to the server. */
export interface OutboxItem {
  frame: ChangeFrame;
  /** Milliseconds since 1970; rises from item to item, so that it is also their order. */
  queuedAt: number;
  /** Who wrote it: a browser may sign in to one chat as either person. Undefined before the first `welcome`. */
  sender: string | undefined;
  /** Set before it is put on a wire: if the server has stored it, then with a `seq` above this one. */
  after: number | undefined;
}

export interface OutboxStore {
  /** Items of a chat, oldest first. */
  list(hash: string): Promise<OutboxItem[]>;
  /** Adds an item, or replaces the one with its id. */
  put(hash: string, item: OutboxItem): Promise<void>;
  remove(hash: string, id: string): Promise<void>;
  /** Drops the items of one chat, or all. */
  clear(hash?: string): Promise<void>;
}

/** Keeps items as long as the process lives. */
export function memoryOutbox(): OutboxStore {
  const items = new Map<string, OutboxItem>();
  return {
    async list(hash) {
      return inOrder(Array.from(items).flatMap(([key, item]) => (isOf(hash, key) ? [item] : [])));
    },
    async put(hash, item) {
      items.set(keyOf(hash, item.frame.id), item);
    },
    async remove(hash, id) {
      items.delete(keyOf(hash, id));
    },
    async clear(hash) {
      for (const key of items.keys()) if (isOf(hash, key)) items.delete(key);
    },
  };
}

/** Keeps items in the browser, shared by its tabs, in a database of its own. */
export function indexedDbOutbox(name = "duet-outbox"): OutboxStore {
  const store = createStore(name, "items");
  return {
    async list(hash) {
      const stored = await entries<string, unknown>(store);
      return inOrder(stored.flatMap(([key, item]) => (isOf(hash, key) ? parseItem(item) : [])));
    },
    put: (hash, item) => set(keyOf(hash, item.frame.id), item, store),
    remove: (hash, id) => del(keyOf(hash, id), store),
    async clear(hash) {
      const stored = await keys<string>(store);
      await delMany(
        stored.filter((key) => isOf(hash, key)),
        store,
      );
    },
  };
}

/** @param name - of the database, where there is IndexedDB */
export function defaultOutbox(name?: string): OutboxStore {
  return typeof indexedDB === "undefined" ? memoryOutbox() : indexedDbOutbox(name);
}

/** Hashes and ids have no slash. */
function keyOf(hash: string, id: string): string {
  return `${hash}/${id}`;
}

function isOf(hash: string | undefined, key: string): boolean {
  return hash === undefined || key.startsWith(`${hash}/`);
}

function inOrder(items: OutboxItem[]): OutboxItem[] {
  return items.sort((a, b) => a.queuedAt - b.queuedAt);
}

const StoredItem = z.object({
  frame: ClientFrame,
  queuedAt: Timestamp,
  sender: z.optional(z.string()),
  after: z.optional(SeqOrZero),
});

/** An older or newer version of the app may have written it: what can't be read is left alone. */
function parseItem(stored: unknown): OutboxItem[] {
  const parsed = StoredItem.safeParse(stored);
  if (!parsed.success || !isChange(parsed.data.frame)) return [];
  const { frame, queuedAt, sender, after } = parsed.data;
  return [{ frame, queuedAt, sender, after }];
}

function isChange(frame: ClientFrame): frame is ChangeFrame {
  return CHANGE_FRAME_TYPES.has(frame.type);
}

/** The TypeScript SDK: everything a client of Duet needs, in browsers and in Node 22 or later. See README.md. */
import { type Api, createApi } from "./api.ts";
import { OpenConversation } from "./conversation.ts";
import { readFrame } from "./incoming.ts";
import type { LineHandlers } from "./line.ts";
import { defaultOutbox, type OutboxStore } from "./outbox-store.ts";
import { Connection } from "./socket.ts";
import { Transport, type TransportOptions } from "./transport.ts";
import type { Conversation } from "./types.ts";

export type { Api, OutgoingMessage } from "./api.ts";
export { ApiError } from "./api-error.ts";
export { indexedDbOutbox, memoryOutbox } from "./outbox-store.ts";
export type { OutboxItem, OutboxStore } from "./outbox-store.ts";
export type { WebSocketLike } from "./transport.ts";
export type * from "./types.ts";
export { until } from "./until.ts";

export interface DuetOptions extends TransportOptions {
  /** Where unsent messages wait. By default IndexedDB where there is one, else memory. */
  outbox?: OutboxStore;
  /** Milliseconds between heartbeats, default 20,000. The server takes a client silent for 50,000 for gone. */
  pingMs?: number;
}

export interface Duet extends Api {
  /** Opens a chat that I am signed in to; it connects with `connect()`. */
  open(hash: string): Conversation;
}

/**
 * Makes a client. In a browser its sessions are the browser's cookies; elsewhere each client has its own.
 *
 * @throws Error outside a browser without a `baseUrl`
 */
export function createDuet(options: DuetOptions = {}): Duet {
  const transport = new Transport(options);
  const api = createApi(transport);
  const outbox = options.outbox ?? defaultOutbox();
  return {
    ...api,
    async logout(which = {}) {
      await api.logout(which);
      await outbox.clear(which.hash).catch(() => undefined);
    },
    open(hash) {
      const open = () => transport.open(`/user/${encodeURIComponent(hash)}/ws`);
      const connect = (handlers: LineHandlers) =>
        new Connection(handlers, { open, read: readFrame, pingMs: options.pingMs });
      const isSignedIn = async () => (await api.chat(hash)).self !== null;
      return new OpenConversation({ hash, api, connect, isSignedIn }, outbox);
    },
  };
}

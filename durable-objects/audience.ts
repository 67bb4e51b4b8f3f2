/** Whoever is there to hear of what happens: the sockets of a pair chat, or the Inboxes of accounts. */
import type { ServerFrame } from "../protocol/frames.ts";

/** Names of people. */
export interface Present {
  has(name: string): boolean;
  readonly size: number;
}

/** Where a log stands. */
export interface Stand {
  epoch: string;
  head: number;
}

export interface Audience {
  isOnline(name: string): boolean;
  /** Whether anybody is there at all. */
  hasListeners(): boolean;
  broadcast(frame: ServerFrame, options?: { except?: string }): void;
  /** Pushes what was logged, in order. @returns those who are there */
  broadcastTexts(texts: readonly string[]): Present;
  /** Where the log stands, for who asks without waking the object. */
  setPong(epoch: string, head: number): void;
  /** Milliseconds since 1970 when a person may turn out to be gone without a word; Infinity when somebody else looks. */
  ghostAt(name: string): number;
}

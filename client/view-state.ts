/** Holds the view of one conversation, makes it anew when something changed, and tells who listens. */
import type { ConversationView } from "./types.ts";

/** What is known of a conversation apart from its messages. */
export type Standing = Pick<
  ConversationView,
  "status" | "closeReason" | "self" | "members" | "retryAt" | "degraded" | "ended"
>;

export const NOTHING_DEGRADED = { postgres: false, redis: false };

export class ViewState {
  readonly #rest: () => Omit<ConversationView, keyof Standing>;
  readonly #listeners = new Set<() => void>();
  #standing: Standing = {
    status: "idle",
    closeReason: undefined,
    self: undefined,
    members: [],
    retryAt: undefined,
    degraded: NOTHING_DEGRADED,
    ended: undefined,
  };
  /** Undefined while out of date. */
  #view: ConversationView | undefined;
  #notifying = false;

  /** @param rest - makes the other part of the view */
  constructor(rest: () => Omit<ConversationView, keyof Standing>) {
    this.#rest = rest;
  }

  get standing(): Standing {
    return this.#standing;
  }

  get view(): ConversationView {
    this.#view ??= { ...this.#standing, ...this.#rest() };
    return this.#view;
  }

  /** Something changed: `standing`, or what the rest is made of. Listeners hear once of all changes of one burst. */
  change(standing: Partial<Standing> = {}): void {
    this.#standing = { ...this.#standing, ...standing };
    this.#view = undefined;
    // A task, not a microtask: each of a thousand replayed events arrives in a task of its own.
    if (this.#notifying) return;
    this.#notifying = true;
    setTimeout(() => this.#notify(), 0);
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #notify(): void {
    this.#notifying = false;
    for (const listener of this.#listeners) listener();
  }
}

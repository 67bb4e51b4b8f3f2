/** Holds the view of one conversation, makes it anew when something changed, and tells who listens. */
import { hasFields } from "./equality.ts";
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
  #view: ConversationView | undefined;
  #isStale = true;
  /** What listeners were last told of. */
  #told: ConversationView | undefined;
  #isNotifying = false;

  /** @param rest - makes the other part of the view; a field that did not change keeps its object */
  constructor(rest: () => Omit<ConversationView, keyof Standing>) {
    this.#rest = rest;
  }

  get standing(): Standing {
    return this.#standing;
  }

  /** The same object until something in it changes. */
  get view(): ConversationView {
    if (!this.#isStale && this.#view) return this.#view;
    const view = { ...this.#standing, ...this.#rest() };
    if (!this.#view || !hasFields(this.#view, view)) this.#view = view;
    this.#isStale = false;
    return this.#view;
  }

  /** Something may have changed: `standing`, or what the rest is made of. Listeners hear once of a whole burst. */
  change(standing: Partial<Standing> = {}): void {
    this.#told ??= this.view;
    this.#standing = { ...this.#standing, ...standing };
    this.#isStale = true;
    if (this.#isNotifying) return;
    this.#isNotifying = true;
    // A task, not a microtask: each of a thousand replayed events arrives in a task of its own.
    setTimeout(() => this.#notify(), 0);
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #notify(): void {
    this.#isNotifying = false;
    if (this.view === this.#told) return;
    this.#told = this.view;
    for (const listener of this.#listeners) listener();
  }
}

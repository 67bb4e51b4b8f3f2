/** Holds the view of one conversation, makes it anew when something changed, and tells who listens. */
import { hasFields } from "./equality.ts";
import { Listeners } from "./listeners.ts";
import type { ConversationView } from "./types.ts";

/** What is known of a conversation apart from its messages. */
export type Standing = Pick<
  ConversationView,
  "status" | "closeReason" | "self" | "members" | "retryAt" | "degraded" | "ended"
>;

export const NOTHING_DEGRADED = { postgres: false, redis: false };

export class ViewState {
  readonly #rest: () => Omit<ConversationView, keyof Standing>;
  readonly #listeners = new Listeners(() => this.#isNews());
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
    this.#listeners.tellSoon();
  }

  subscribe(listener: () => void): () => void {
    return this.#listeners.add(listener);
  }

  #isNews(): boolean {
    if (this.view === this.#told) return false;
    this.#told = this.view;
    return true;
  }
}

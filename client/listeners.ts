/** Those who want to hear when something has changed: once of a whole burst. */
export class Listeners {
  readonly #listeners = new Set<() => void>();
  readonly #isNews: () => boolean;
  #isTelling = false;

  /** @param isNews - asked at the end of a burst: whether it came to anything */
  constructor(isNews: () => boolean = () => true) {
    this.#isNews = isNews;
  }

  get size(): number {
    return this.#listeners.size;
  }

  /** @returns how to take the listener away again */
  add(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  tellSoon(): void {
    if (this.#isTelling) return;
    this.#isTelling = true;
    // A task, not a microtask: each of a thousand replayed events arrives in a task of its own.
    setTimeout(() => this.#tell(), 0);
  }

  #tell(): void {
    this.#isTelling = false;
    if (!this.#isNews()) return;
    for (const listener of this.#listeners) listener();
  }
}

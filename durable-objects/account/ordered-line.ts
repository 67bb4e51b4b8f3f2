/** Hands things on in order: one call at a time, each with all that has come since the one before. */
export class OrderedLine<T> {
  readonly #hand: (batch: T[]) => Promise<void>;
  #waiting: T[] = [];
  #running: Promise<void> | undefined;

  /** @param hand - never rejects: what became of a batch is its own business */
  constructor(hand: (batch: T[]) => Promise<void>) {
    this.#hand = hand;
  }

  push(item: T): void {
    this.#waiting.push(item);
    this.#running ??= this.#run();
  }

  /** Resolves when nothing waits and nothing is being handed on. */
  async settled(): Promise<void> {
    await this.#running;
  }

  /** How many things wait. */
  get length(): number {
    return this.#waiting.length;
  }

  /** Takes away what has not been handed on. */
  drain(): T[] {
    return this.#waiting.splice(0);
  }

  async #run(): Promise<void> {
    // What comes in the same turn goes along.
    await Promise.resolve();
    while (this.#waiting.length > 0) await this.#hand(this.drain());
    this.#running = undefined;
  }
}

/** How far I have received, or read: only rises, and is told at most once a second. */
const INTERVAL_MS = 1_000;

export class Mark {
  readonly #tell: (seq: number) => void;
  #seq = 0;
  /** What the server has, as far as I know; undefined while not connected. */
  #told: number | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(tell: (seq: number) => void) {
    this.#tell = tell;
  }

  /** The highest it was raised to. */
  get seq(): number {
    return this.#seq;
  }

  raise(seq: number): void {
    this.#seq = Math.max(this.#seq, seq);
    this.#update();
  }

  /** Connected: the server may have forgotten what it was told, or know more from another device. */
  resume(told: number): void {
    this.#told = told;
    this.raise(told);
  }

  /** Disconnected: nothing is told before the next `resume`. */
  pause(): void {
    this.#told = undefined;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Somebody else's now. */
  reset(): void {
    this.pause();
    this.#seq = 0;
  }

  #update(): void {
    if (this.#told === undefined || this.#seq <= this.#told || this.#timer !== undefined) return;
    this.#told = this.#seq;
    this.#tell(this.#seq);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#update();
    }, INTERVAL_MS);
  }
}

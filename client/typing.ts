/** Who is typing, told and heard. */
const REPEAT_MS = 3_000;
const OFF_AFTER_MS = 5_000;
/** A little more than twice the repeat: one lost frame must not make the sign flicker. */
const HEARD_FOR_MS = 6_000;

type Timer = ReturnType<typeof setTimeout>;

/** Tells the others that I am typing: again while I go on, and that I stopped when I don't say so. */
export class TypingNotice {
  readonly #tell: (on: boolean) => void;
  #toldAt: number | undefined;
  #timer: Timer | undefined;

  constructor(tell: (on: boolean) => void) {
    this.#tell = tell;
  }

  set(on: boolean): void {
    if (!on) {
      if (this.#toldAt !== undefined) this.#tell(false);
      this.reset();
      return;
    }
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.set(false), OFF_AFTER_MS);
    if (this.#toldAt !== undefined && Date.now() - this.#toldAt < REPEAT_MS) return;
    this.#toldAt = Date.now();
    this.#tell(true);
  }

  /** Stops without a word: a message says it too, and a lost connection can't. */
  reset(): void {
    clearTimeout(this.#timer);
    this.#toldAt = undefined;
  }
}

/** The others who are typing now. */
export class Typists {
  readonly #onChange: () => void;
  readonly #timers = new Map<string, Timer>();
  names: readonly string[] = [];

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  set(name: string, on: boolean): void {
    clearTimeout(this.#timers.get(name));
    if (on)
      this.#timers.set(
        name,
        setTimeout(() => this.set(name, false), HEARD_FOR_MS),
      );
    else this.#timers.delete(name);
    if (this.names.includes(name) !== on) this.#update();
  }

  clear(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    if (this.names.length > 0) this.#update();
  }

  #update(): void {
    this.names = [...this.#timers.keys()];
    this.#onChange();
  }
}

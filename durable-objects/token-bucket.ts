/** How fast each person may send: a steady rate with room for a burst. */

/** How much a person may still send at once, as of a moment. */
export interface Level {
  tokens: number;
  /** Milliseconds since 1970. */
  at: number;
}

export type Verdict = "pass" | "refuse" | "disconnect";

/** Refused frames cost too. This many bursts over the limit, a client is not listening, and is cut off. */
const PATIENCE_BURSTS = 4;

export class TokenBuckets {
  readonly #perSecond: number;
  readonly #burst: number;
  readonly #levels = new Map<string, Level>();

  constructor(perSecond: number, burst: number) {
    this.#perSecond = perSecond;
    this.#burst = burst;
  }

  /** @param now - milliseconds since 1970 */
  take(name: string, now = Date.now()): Verdict {
    const { tokens, at } = this.#levels.get(name) ?? { tokens: this.#burst, at: now };
    const refilled = Math.min(this.#burst, tokens + ((now - at) / 1000) * this.#perSecond);
    this.#levels.set(name, { tokens: refilled - 1, at: now });
    if (refilled >= 1) return "pass";
    return refilled > -PATIENCE_BURSTS * this.#burst ? "refuse" : "disconnect";
  }

  /** Whether less than half of the burst is left. */
  isLow(name: string): boolean {
    return (this.#levels.get(name)?.tokens ?? this.#burst) < this.#burst / 2;
  }

  level(name: string): Level | undefined {
    return this.#levels.get(name);
  }

  /** Takes up a level from before; of several the newest counts. */
  restore(name: string, level: Level | undefined): void {
    if (level && level.at >= (this.#levels.get(name)?.at ?? 0)) this.#levels.set(name, level);
  }
}

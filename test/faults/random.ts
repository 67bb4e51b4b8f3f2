/** Randomness that can be had again: set SEED to the number that a failed run printed. */

/** @returns numbers from 0 up to, and without, 1 (mulberry32) */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d_2b_79_f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Reads SEED, or takes a new one, and prints it. */
export function chooseSeed(name: string): number {
  const seed = Number(process.env["SEED"] ?? Math.floor(Math.random() * 2 ** 32));
  console.log(`${name}: SEED=${seed}`);
  return seed;
}

export type Random = () => number;

/** A whole number from 0 up to, and without, `below`. */
export function pickNumber(random: Random, below: number): number {
  return Math.floor(random() * below);
}

/** @throws RangeError when there is nothing to choose from */
export function pick<T>(random: Random, choices: readonly T[]): T {
  const choice = choices[pickNumber(random, choices.length)];
  if (choice === undefined) throw new RangeError("Nothing to choose from.");
  return choice;
}

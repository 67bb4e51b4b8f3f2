/**
 * Full-jitter exponential backoff: a random wait under a ceiling that doubles with each attempt, so that a thousand
 * clients cut off together come back spread out.
 *
 * @param attempt - 0 for the first
 * @param ceiling - milliseconds that no wait exceeds
 * @returns milliseconds
 */
export function backoff(attempt: number, ceiling = 30_000): number {
  return Math.random() * Math.min(ceiling, 250 * 2 ** attempt);
}

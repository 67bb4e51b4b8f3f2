/** What a person sees while things start: one line per step, with its duration. */
import { styleText } from "node:util";

/**
 * Runs a step and prints its name, then how long it took, in seconds.
 *
 * @throws whatever `work` throws, after saying that the step failed
 */
export async function step<T>(name: string, work: () => Promise<T>): Promise<T> {
  const start = performance.now();
  process.stdout.write(`  ${name.padEnd(12)}`);
  try {
    const result = await work();
    const seconds = (performance.now() - start) / 1_000;
    process.stdout.write(`${styleText("green", "✓")} ${styleText("dim", `${seconds.toFixed(1)} s`)}\n`);
    return result;
  } catch (error) {
    process.stdout.write(`${styleText("red", "✗")}\n`);
    throw error;
  }
}

/** An error in words for a person, without a stack. */
export function explain(error: unknown): string {
  if (error instanceof AggregateError && error.message === "") return error.errors.map(explain).join(", ");
  return error instanceof Error ? error.message : String(error);
}

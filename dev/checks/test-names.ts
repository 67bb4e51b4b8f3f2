/** What the names of the tests say that they prove. */
import { glob, readFile } from "node:fs/promises";
import { join } from "node:path";
import { ROOT } from "../paths.ts";

/**
 * @param id - global, with the id as its first group
 * @returns a file by each id that a test is named after; tests that are expected to fail prove nothing
 */
export async function idsInTests(id: RegExp): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for await (const file of glob("test/**/*.test.ts", { cwd: ROOT })) {
    for (const name of testNames(await readFile(join(ROOT, file), "utf8"))) {
      for (const [, named = ""] of name.matchAll(id)) found.set(named, file);
    }
  }
  return found;
}

/** First arguments of `it`, `it.each(…)`, `it.skipIf(…)` and `describe`. */
function testNames(source: string): string[] {
  return [...source.matchAll(/(?:\b(?:it|test|describe)|[)\]])\s*\(\s*(["'`])((?:\\.|(?!\1).)*)\1/gs)].map(
    ([, , name]) => name ?? "",
  );
}

/** Fails when a rule of SPEC.md has no test, or a test names a rule that SPEC.md does not have. */
import { glob, readFile } from "node:fs/promises";
import { join } from "node:path";
import { ROOT } from "../paths.ts";

const RULE = /\[([A-Z]+-\d+)\]/g;

/** @returns what is wrong, a line each */
export async function checkSpec(): Promise<string[]> {
  const spec = await readFile(join(ROOT, "SPEC.md"), "utf8");
  const rules = [...spec.matchAll(/^- \*\*\[([A-Z]+-\d+)\]\*\*/gm)].map(([, rule]) => rule ?? "");
  const tested = new Map<string, string>();
  for await (const file of glob("test/**/*.test.ts", { cwd: ROOT })) {
    for (const name of testNames(await readFile(join(ROOT, file), "utf8"))) {
      for (const [, rule = ""] of name.matchAll(RULE)) tested.set(rule, file);
    }
  }
  return [
    ...rules.filter((rule, index) => rules.indexOf(rule) !== index).map((rule) => `SPEC.md has ${rule} twice.`),
    ...rules.filter((rule) => !tested.has(rule)).map((rule) => `No test proves ${rule}.`),
    ...[...tested].flatMap(([rule, file]) => (rules.includes(rule) ? [] : [`${file} names ${rule}: not in SPEC.md.`])),
  ];
}

/** First arguments of `it`, `it.each(…)`, `it.skipIf(…)` and `describe`. */
function testNames(source: string): string[] {
  return [...source.matchAll(/(?:\b(?:it|test|describe)|[)\]])\s*\(\s*(["'`])((?:\\.|(?!\1).)*)\1/gs)].map(
    ([, , name]) => name ?? "",
  );
}

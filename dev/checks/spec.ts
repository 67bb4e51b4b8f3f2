/** Fails when a rule of SPEC.md has no test, or a test names a rule that SPEC.md does not have. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { ROOT } from "../paths.ts";
import { idsInTests } from "./test-names.ts";

/** @returns what is wrong, a line each */
export async function checkSpec(): Promise<string[]> {
  const spec = await readFile(join(ROOT, "SPEC.md"), "utf8");
  const rules = [...spec.matchAll(/^- \*\*\[([A-Z]+-\d+)\]\*\*/gm)].map(([, rule]) => rule ?? "");
  const tested = await idsInTests(/\[([A-Z]+-\d+)\]/g);
  return [
    ...rules.filter((rule, index) => rules.indexOf(rule) !== index).map((rule) => `SPEC.md has ${rule} twice.`),
    ...rules.filter((rule) => !tested.has(rule)).map((rule) => `No test proves ${rule}.`),
    ...[...tested].flatMap(([rule, file]) => (rules.includes(rule) ? [] : [`${file} names ${rule}: not in SPEC.md.`])),
  ];
}

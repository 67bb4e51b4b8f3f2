/** Fails when a promise of docs/RELIABILITY.md has no test that injects its fault, or a test names none of them. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { ROOT } from "../paths.ts";
import { idsInTests } from "./test-names.ts";

/** How many promises there are about delivery, outages and security. None may leave the table unnoticed. */
const COUNTS = { D: 16, O: 10, S: 13 };

/** @returns what is wrong, a line each */
export async function checkPromises(): Promise<string[]> {
  const table = await readFile(join(ROOT, "docs", "RELIABILITY.md"), "utf8");
  const rows = new Set([...table.matchAll(/^\| ([DOS]\d+) +\|/gm)].map(([, id]) => id ?? ""));
  const promised = Object.entries(COUNTS).flatMap(([area, count]) =>
    Array.from({ length: count }, (_, index) => `${area}${index + 1}`),
  );
  const tested = await idsInTests(/\[([DOS]\d+)\]/g);
  return [
    ...promised.filter((id) => !rows.has(id)).map((id) => `docs/RELIABILITY.md has no row for ${id}.`),
    ...[...rows].filter((id) => !tested.has(id)).map((id) => `No test injects the fault of ${id}.`),
    ...[...tested].flatMap(([id, file]) => (rows.has(id) ? [] : [`${file} names ${id}: not in docs/RELIABILITY.md.`])),
  ];
}

/** Fails when a promise of docs/RELIABILITY.md has no test that injects its fault, or a test names none of them. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { ROOT } from "../paths.ts";
import { idsInTests } from "./test-names.ts";

/** How many promises there are about delivery, outages and security. None may leave the table unnoticed. */
const COUNTS = { D: 16, O: 10, S: 13 };

/** Of them, what is tried once more over conversations between accounts, and has a table of its own. */
const BETWEEN_ACCOUNTS =
  "D1 D2 D3 D4 D5 D6 D7 D8 D9 D10 D11 D12 D14 D15 O1 O2 O3 O4 O5 O7 S1 S6 S7 S8 S11 S12 S13".split(" ");
const BETWEEN_ACCOUNTS_HEADING = "## Over conversations between accounts";

/** @returns what is wrong, a line each */
export async function checkPromises(): Promise<string[]> {
  const text = await readFile(join(ROOT, "docs", "RELIABILITY.md"), "utf8");
  const [pairs = "", betweenAccounts = ""] = text.split(BETWEEN_ACCOUNTS_HEADING);
  const rows = rowsOf(pairs);
  const rowsBetween = rowsOf(betweenAccounts);
  const promised = Object.entries(COUNTS).flatMap(([area, count]) =>
    Array.from({ length: count }, (_, index) => `${area}${index + 1}`),
  );
  const tested = await idsInTests(/\[([DOS]\d+)\]/g);
  return [
    ...promised.filter((id) => !rows.has(id)).map((id) => `docs/RELIABILITY.md has no row for ${id}.`),
    ...BETWEEN_ACCOUNTS.filter((id) => !rowsBetween.has(id)).map(
      (id) => `docs/RELIABILITY.md has no row for ${id} between accounts.`,
    ),
    ...[...rows].filter((id) => !tested.has(id)).map((id) => `No test injects the fault of ${id}.`),
    ...[...tested].flatMap(([id, file]) => (rows.has(id) ? [] : [`${file} names ${id}: not in docs/RELIABILITY.md.`])),
  ];
}

function rowsOf(table: string): Set<string> {
  return new Set([...table.matchAll(/^\| ([DOS]\d+) +\|/gm)].map(([, id]) => id ?? ""));
}

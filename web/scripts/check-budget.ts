/** Prints the JavaScript of every exported page, gzipped, and fails when the chat page loads more than its budget. */
import { exportedPages, loadedScripts } from "./exported-pages.ts";

const BUDGET_KIB = 215;
const BUDGETED = "/demo/chat/user";

function kib(bytes: number): number {
  return Math.round((bytes / 1024) * 10) / 10;
}

const rows = exportedPages().map((page) => {
  const scripts = loadedScripts(page);
  const sum = (some: typeof scripts) => kib(some.reduce((bytes, { gzippedBytes }) => bytes + gzippedBytes, 0));
  return { page: page.route, all: sum(scripts), modern: sum(scripts.filter(({ legacy }) => !legacy)) };
});

const width = Math.max(...rows.map(({ page }) => page.length));
process.stdout.write(`${"KiB of gzipped JavaScript".padEnd(width)}     all  modern browsers\n`);
for (const { page, all, modern } of rows) {
  process.stdout.write(`${page.padEnd(width)}  ${String(all).padStart(6)}  ${String(modern).padStart(6)}\n`);
}

const chat = rows.find(({ page }) => page === BUDGETED);
if (chat === undefined) throw new Error(`The export lacks ${BUDGETED}.`);
if (chat.all > BUDGET_KIB) {
  process.stderr.write(`${BUDGETED} loads ${chat.all} KiB; ${BUDGET_KIB} are allowed.\n`);
  process.exitCode = 1;
}

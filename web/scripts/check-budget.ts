/** Prints the JavaScript of every exported page, gzipped, and fails when the chat page loads more than its budget. */
import { exportedPages, scriptBytes } from "./exported-pages.ts";

const BUDGET_KIB = 215;
const BUDGETED = "/demo/chat/user";

const rows = exportedPages().map((page) => ({ route: page.route, kib: scriptBytes(page) / 1024 }));
const width = Math.max(...rows.map(({ route }) => route.length));

process.stdout.write("JavaScript that each page loads, gzipped:\n");
for (const { route, kib } of rows) process.stdout.write(`  ${route.padEnd(width)} ${kib.toFixed(1).padStart(7)} KiB\n`);

const chat = rows.find(({ route }) => route === BUDGETED);
if (chat === undefined) throw new Error(`The export lacks ${BUDGETED}.`);
if (chat.kib > BUDGET_KIB) {
  process.stderr.write(`${BUDGETED} loads ${chat.kib.toFixed(1)} KiB; ${BUDGET_KIB} are allowed.\n`);
  process.exitCode = 1;
}

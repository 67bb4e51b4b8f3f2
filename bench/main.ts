/**
 * `npm run bench`: measures Duet beside what else one might build or pick, and writes docs/PERFORMANCE.md.
 *
 * `--quick` runs the short form that `npm run verify` runs: it writes nothing, and exits with 1 when a figure that is
 * safe from noise is not met. `--only WORDS` runs what has these words in its title, and prints the report.
 */
import { parseArgs } from "node:util";
import { explain } from "../dev/progress.ts";
import type { Findings, Measurement } from "./figures.ts";
import { loadCurves } from "./measure-curves.ts";
import { largeGroup } from "./measure-group.ts";
import { growth } from "./measure-growth.ts";
import { history } from "./measure-history.ts";
import { idleChats } from "./measure-idle.ts";
import { busyChat, manyChats, onePair, room } from "./measure-load.ts";
import { operations } from "./measure-operations.ts";
import { page, scrolling } from "./measure-page.ts";
import { roundTrips } from "./measure-round-trips.ts";
import { makeReport, writeReport } from "./report.ts";

/** In the order of the report. */
const MEASUREMENTS: readonly Measurement[] = [
  busyChat,
  manyChats,
  onePair,
  room,
  operations,
  largeGroup,
  page,
  roundTrips,
  growth,
  history,
  idleChats,
  loadCurves,
  scrolling,
];

const { values } = parseArgs({
  options: { quick: { type: "boolean", default: false }, only: { type: "string" } },
});
const start = performance.now();

try {
  process.exitCode = await main();
} catch (error) {
  console.error(`\n${explain(error)}`);
  process.exitCode = 1;
}

/** @returns the exit code */
async function main(): Promise<number> {
  const { quick: isQuick, only } = values;
  const wanted = MEASUREMENTS.filter(({ title }) => only === undefined || title.includes(only));
  const results: { title: string; findings: Findings }[] = [];
  for (const measurement of wanted) {
    const { title } = measurement;
    tell(title);
    const findings = await measurement.run({ isQuick, tell: (line) => tell(`  ${line}`) });
    for (const { name, aim, value, met } of findings.figures) {
      tell(`  ${met === false ? "NOT MET" : "ok"}: ${name}: ${value}${aim === "" ? "" : ` (aim: ${aim})`}`);
    }
    results.push({ title, findings });
    // After each, because it takes half an hour, and may be stopped.
    if (!isQuick && only === undefined) await writeReport(results, secondsSoFar());
  }
  if (!isQuick && only !== undefined) console.log(makeReport(results, secondsSoFar()).markdown);
  const figures = results.flatMap(({ findings }) => findings.figures);
  const failed = figures.filter(({ met, isGate }) => met === false && isGate);
  console.log(`${figures.length} figures, ${failed.length} of the gates not met, ${secondsSoFar()} s`);
  return isQuick && failed.length > 0 ? 1 : 0;
}

function tell(line: string): void {
  console.log(`${String(secondsSoFar()).padStart(5)} s  ${line}`);
}

function secondsSoFar(): number {
  return Math.round((performance.now() - start) / 1_000);
}

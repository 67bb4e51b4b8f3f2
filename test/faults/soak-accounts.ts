/**
 * `npm run soak:accounts -- --minutes N --seed S`: the scenario of scenario.test.ts, longer, and again and again with new
 * accounts until the time is up. Exits with 1 on any difference, and keeps the evidence; with 2 when it hangs.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startStack } from "../../dev/stack.ts";
import { UNLIMITED } from "./pair.ts";
import { seededRandom } from "./random.ts";
import { type Played, playScenario } from "./scenario.ts";

const STEPS = 3_000;
/** Until all agree: the longest pauses of clients (10 s without a pong) and of the outbox (30 s). */
const SETTLE_MS = 120_000;
const ROUND_MAX_MS = 120_000;

const { values } = parseArgs({
  options: { minutes: { type: "string", default: "2" }, seed: { type: "string", default: "1" } },
});
const minutes = Number(values.minutes);
const seed = Number(values.seed);
const start = performance.now();
const jitter = seededRandom(seed);
Math.random = () => jitter() * 0.1;
setTimeout(() => end(2, "It hangs."), minutes * 60_000 + ROUND_MAX_MS + SETTLE_MS).unref();

const directory = await mkdtemp(join(tmpdir(), "duet-soak-"));
const stack = await startStack({ directory, runtime: "workerd", vars: UNLIMITED });
let difference: string | undefined;
for (let round = 0; difference === undefined && performance.now() - start < minutes * 60_000; round += 1) {
  const played = await playScenario(stack, directory, { seed: seed + round, steps: STEPS, settleMs: SETTLE_MS });
  ({ difference } = played);
  report(round, played);
}
await stack.stop();
if (difference === undefined) await rm(directory, { recursive: true, force: true });
end(difference === undefined ? 0 : 1, difference ?? "No difference.");

function report(round: number, { conversations, events, heard, removals, kills }: Played): void {
  const seconds = Math.round((performance.now() - start) / 1_000);
  const sums = { conversations, events, heard, removals, kills };
  console.log(`${seconds} s: seed ${seed + round}: ${JSON.stringify(sums)}`);
}

function end(code: number, words: string): void {
  console.log(words);
  process.exit(code);
}

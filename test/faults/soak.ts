/**
 * `npm run soak -- --minutes N --seed S --pairs P`: pairs of people chat while everything breaks, at random from the
 * seed; then all is healed, and the checker compares every view, the objects' logs and Postgres. In rounds, each with
 * new pairs, until the time is up. Exits with 1 on any difference, and with 2 when it hangs.
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { type Stack, startStack } from "../../dev/stack.ts";
import { countLosses, type Losses } from "./checker.ts";
import { FaultProxy } from "./fault-proxy.ts";
import { Pair, UNLIMITED } from "./pair.ts";
import { pickNumber, seededRandom } from "./random.ts";
import { act, ACTION_NAMES, type World } from "./soak-actions.ts";

const ROUND_MS = 40_000;
/** Until a healed pair agrees: the longest pauses of clients (10 s without a pong) and of the outbox (30 s). */
const SETTLE_MS = 120_000;
const PROGRESS_MS = 5_000;
const VARS = { ...UNLIMITED, EVENTS_KEPT: "300", STORE_TIMEOUT_MS: "1000" };

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "2" },
    seed: { type: "string", default: "1" },
    pairs: { type: "string", default: "4" },
  },
});
const minutes = Number(values.minutes);
const seed = Number(values.seed);
const pairCount = Number(values.pairs);

const counts = new Map<string, number>(ACTION_NAMES.map((name) => [name, 0]));
const totals = { rounds: 0, steps: 0, messages: 0, acks: 0, connections: 0, lost: 0, duplicated: 0, outOfOrder: 0 };
const start = performance.now();
const deadline = start + minutes * 60_000;
const clock = { skewMs: 0 };
const realNow = Date.now;
// The clients' clocks. Those of the Worker and of the stores are not ours, and timers don't ask a clock.
Date.now = () => realNow() + clock.skewMs;
const random = seededRandom(seed);
const jitter = seededRandom(seed);
Math.random = () => jitter() * 0.1;
setTimeout(() => end(2, "It hangs."), minutes * 60_000 + 2 * SETTLE_MS + ROUND_MS).unref();

console.log(`soak: ${minutes} min, seed ${seed}, ${pairCount} pairs a round, pid ${process.pid}`);
const directory = await mkdtemp(join(tmpdir(), "duet-soak-"));
const stores: FaultProxy[] = [];
const stack = await startStack({ directory, runtime: "workerd", vars: VARS, between });
const progress = setInterval(report, PROGRESS_MS);
let difference: string | undefined;
while (performance.now() < deadline && difference === undefined) difference = await round(stack);
clearInterval(progress);
await stack.stop();
for (const store of stores) store.stop();
if (difference === undefined) await rm(directory, { recursive: true, force: true });
end(difference === undefined ? 0 : 1, difference ?? "No difference.");

async function between(_store: string, port: number): Promise<number> {
  const proxy = await FaultProxy.start(port);
  stores.push(proxy);
  return proxy.port;
}

/** @returns what differs after it, in one line */
async function round(stack: Stack): Promise<string | undefined> {
  const [postgres, redis] = stores;
  if (!postgres || !redis) throw new Error("There are two stores.");
  totals.rounds += 1;
  const pairs = await Promise.all(
    Array.from({ length: pairCount }, () => Pair.start(stack, directory, { pingMs: 2_000 })),
  );
  const undoes: { step: number; undo: () => void }[] = [];
  let step = 0;
  const world: World = {
    random,
    stack,
    pairs,
    stores: { postgres, redis },
    clock,
    restart: undefined,
    later: (steps, undo) => undoes.push({ step: step + steps, undo }),
  };
  const lasts = Math.min(ROUND_MS, Math.max(0, deadline - performance.now()));
  for (const until = performance.now() + lasts; performance.now() < until; step += 1) {
    const name = act(world);
    counts.set(name, (counts.get(name) ?? 0) + 1);
    totals.steps += 1;
    for (const due of undoes.filter((one) => one.step <= step)) {
      due.undo();
      undoes.splice(undoes.indexOf(due), 1);
    }
    await sleep(pickNumber(random, 60));
  }
  for (const { undo } of undoes) undo();
  for (const proxy of [postgres, redis, ...pairs.flatMap(({ people }) => people.map(({ line }) => line))]) proxy.heal();
  clock.skewMs = 0;
  await world.restart;
  const found = await Promise.all(pairs.map((pair) => settle(pair)));
  return found.find((one) => one !== undefined);
}

/** Waits until a pair agrees, adds up what it did, and lets its chat be or ends it. */
async function settle(pair: Pair): Promise<string | undefined> {
  const healed = performance.now() + SETTLE_MS;
  try {
    for (const person of pair.people) await person.untilSettled(SETTLE_MS);
    const difference = await pair.check(Math.max(0, healed - performance.now()));
    const { archive, witnesses, log } = await pair.gather();
    for (const witness of witnesses) addUp(countLosses(witness, archive), witness.said?.length ?? 0);
    for (const { recorder } of pair.people) {
      totals.acks += recorder.acks.length;
      totals.connections += recorder.connections.length;
      totals.duplicated += recorder.disorder.duplicated;
    }
    if (difference === undefined) return undefined;
    const file = join(directory, `${pair.hash}.json`);
    await writeFile(file, JSON.stringify({ difference, log, archive, witnesses }, undefined, 1));
    return `Round ${totals.rounds}: ${difference} (${file})`;
  } catch (error) {
    return `Round ${totals.rounds}: ${error instanceof Error ? error.message : String(error)} (${directory})`;
  } finally {
    pair.close();
  }
}

function addUp({ lost, duplicated, outOfOrder }: Losses, messages: number): void {
  totals.messages += messages;
  totals.lost += lost;
  totals.duplicated += duplicated;
  totals.outOfOrder += outOfOrder;
}

function report(): void {
  const seconds = Math.round((performance.now() - start) / 1_000);
  const { rounds, steps, messages, lost, duplicated, outOfOrder } = totals;
  const checked = `checked ${messages} messages: ${lost} lost, ${duplicated} duplicated, ${outOfOrder} out of order`;
  console.log(`${seconds} s: round ${rounds}, ${steps} steps, ${counts.get("worker killed")} kills; ${checked}`);
}

function end(code: number, words: string): void {
  report();
  console.log(JSON.stringify({ minutes, seed, pairs: pairCount, ...totals, faults: Object.fromEntries(counts) }));
  console.log(words);
  process.exit(code);
}

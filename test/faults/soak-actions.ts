/** What people do and what breaks during a soak. Every choice comes from the seed; what is hit by it is up to timing. */
import type { Stack } from "../../dev/stack.ts";
import type { FaultProxy, Line } from "./fault-proxy.ts";
import type { Pair } from "./pair.ts";
import type { Person } from "./person.ts";
import { pick, pickNumber, type Random } from "./random.ts";

const HOUR_MS = 3_600_000;
export const EMOJI = ["👍", "❤️", "😂", null];

export interface World {
  random: Random;
  stack: Stack;
  pairs: readonly Pair[];
  stores: { postgres: FaultProxy; redis: FaultProxy };
  clock: { skewMs: number };
  /** The Worker's restart, while it is under way. */
  restart: Promise<void> | undefined;
  /** Undoes a fault after so many steps. */
  later: (steps: number, undo: () => void) => void;
}

type Action = (world: World, person: Person) => void;

/** By name, with how often each is chosen. */
const ACTIONS: Record<string, [weight: number, action: Action]> = {
  send: [500, ({ random }, person) => person.say(sentence(random))],
  burst: [20, ({ random }, person) => repeat(1 + pickNumber(random, 30), () => person.say(sentence(random)))],
  edit: [60, ({ random }, person) => onMessage(random, person, true, (seq) => edit(random, person, seq))],
  delete: [30, ({ random }, person) => onMessage(random, person, true, (seq) => person.conversation.remove(seq))],
  react: [60, ({ random }, person) => onMessage(random, person, false, (seq) => react(random, person, seq))],
  read: [40, (_world, person) => person.conversation.markRead(Number.MAX_SAFE_INTEGER)],
  typing: [20, (_world, person) => person.conversation.setTyping(true)],
  "tab reopened": [25, (_world, person) => person.reopen()],
  "line cut": [40, (_world, { line }) => line.cut()],
  "line slow": [15, ({ random, later }, { line }) => slowDown(random, later, line)],
  "line refusing": [10, ({ random, later }, { line }) => setLine(random, later, line, "refusing")],
  "line black hole": [5, ({ random, later }, { line }) => setLine(random, later, line, "black hole")],
  "frame lost": [15, (_world, { line }) => loseFrame(line)],
  "worker killed": [12, killWorker],
  "Postgres refusing": [6, ({ random, later, stores }) => setLine(random, later, stores.postgres, "refusing")],
  "Postgres hanging": [4, ({ random, later, stores }) => setLine(random, later, stores.postgres, "black hole")],
  "Postgres cut": [10, ({ stores }) => stores.postgres.cut()],
  "Redis refusing": [6, ({ random, later, stores }) => setLine(random, later, stores.redis, "refusing")],
  "Redis hanging": [4, ({ random, later, stores }) => setLine(random, later, stores.redis, "black hole")],
  "clock jump": [10, ({ random, clock }) => void (clock.skewMs = pickNumber(random, 2 * HOUR_MS) - HOUR_MS)],
};

export const ACTION_NAMES: readonly string[] = Object.keys(ACTIONS);
const TOTAL = Object.values(ACTIONS).reduce((sum, [weight]) => sum + weight, 0);

/** Does one thing, and returns its name. */
export function act(world: World): string {
  const { random, pairs } = world;
  const person = pick(random, pick(random, pairs).people);
  let left = pickNumber(random, TOTAL);
  for (const [name, [weight, action]] of Object.entries(ACTIONS)) {
    left -= weight;
    if (left >= 0) continue;
    action(world, person);
    return name;
  }
  throw new RangeError("The weights don't add up.");
}

export function sentence(random: Random): string {
  return "word ".repeat(1 + pickNumber(random, 20)) + Math.floor(random() * 1e9).toString(36);
}

function repeat(times: number, act: () => void): void {
  for (let count = 0; count < times; count += 1) act();
}

/** Chooses among the messages that the person sees; draws the same number of times, whatever they see. */
function onMessage(random: Random, person: Person, mine: boolean, act: (seq: number) => void): void {
  const place = random();
  const seqs = person.view.messages.flatMap((message) =>
    message.seq !== undefined && (!mine || message.mine) ? [message.seq] : [],
  );
  // Mostly something recent, as people do.
  const seq = seqs[Math.floor(seqs.length * (1 - place * place))];
  if (seq !== undefined) act(seq);
}

function edit(random: Random, { conversation }: Person, seq: number): void {
  conversation.edit(seq, `${sentence(random)}, edited`);
}

function react(random: Random, { conversation }: Person, seq: number): void {
  conversation.react(seq, pick(random, EMOJI));
}

function slowDown(random: Random, later: World["later"], line: FaultProxy): void {
  line.delayMs = 10 + pickNumber(random, 300);
  later(20 + pickNumber(random, 60), () => void (line.delayMs = 0));
}

function setLine(random: Random, later: World["later"], line: FaultProxy, how: Line): void {
  line.line = how;
  if (how === "refusing") line.cut();
  later(10 + pickNumber(random, 60), () => void (line.line = "open"));
}

/** The next push is lost, and the socket stays open. */
function loseFrame(line: FaultProxy): void {
  line.onServerFrame = (text) => {
    if (!text.includes('"seq"')) return [text];
    line.onServerFrame = undefined;
    return [];
  };
}

function killWorker(world: World): void {
  const { stack } = world;
  world.restart ??= stack.worker
    .kill()
    .then(() => stack.worker.start())
    .finally(() => {
      world.restart = undefined;
    });
}

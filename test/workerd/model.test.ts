/**
 * A model of delivery, explored: any interleaving of what people do with what breaks ends, once healed, with every
 * message stored once, in its author's order, and with both views and Postgres equal to the log.
 *
 * The client is the SDK, the object the real one. fast-check prints the seed of a failure, and shrinks it.
 */
import { env } from "cloudflare:workers";
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import fc from "fast-check";
import { beforeAll, expect, it, vi } from "vitest";
import { EventLog } from "../../durable-objects/event-log.ts";
import { ModelPair, type ModelPerson } from "./model-pair.ts";
import { setLimits } from "./outage.ts";

/** Under these, faults decide, and not limits. */
const LIMITS = { EVENTS_PER_SECOND: 100_000, EVENT_BURST: 100_000, SOCKETS_PER_PERSON: 1_000 };

/** Exploring ends here, with however many runs that made. */
const TIME_LIMIT_MS = 15_000;

/** What the model knows: the ids that each person wrote, in order. Everything else is the real thing. */
type Model = { said: [string[], string[]] };
type Step = fc.AsyncCommand<Model, ModelPair>;

class Does implements Step {
  readonly #words: string;
  readonly #who: 0 | 1;
  readonly #act: (person: ModelPerson) => unknown;

  constructor(words: string, who: 0 | 1, act: (person: ModelPerson) => unknown) {
    this.#words = words;
    this.#who = who;
    this.#act = act;
  }

  check(): boolean {
    return true;
  }

  async run({ said }: Model, { people }: ModelPair): Promise<void> {
    const result = await this.#act(people[this.#who]);
    if (typeof result === "string") said[this.#who].push(result);
  }

  toString(): string {
    return `${this.#who === 0 ? "Abhi" : "Anny"} ${this.#words}`;
  }
}

class Happens implements Step {
  readonly #words: string;
  readonly #act: (hash: string) => Promise<unknown>;

  constructor(words: string, act: (hash: string) => Promise<unknown>) {
    this.#words = words;
    this.#act = act;
  }

  check(): boolean {
    return true;
  }

  async run(_model: Model, { hash }: ModelPair): Promise<void> {
    await this.#act(hash);
  }

  toString(): string {
    return this.#words;
  }
}

const who = fc.constantFrom(0 as const, 1 as const);
const place = fc.double({ min: 0, max: 1, noNaN: true });
const ms = fc.integer({ min: 0, max: 20 });

function does(words: string, act: (person: ModelPerson) => unknown): fc.Arbitrary<Step> {
  return who.map((person) => new Does(words, person, act));
}

function happens(words: string, act: (hash: string) => Promise<unknown>): fc.Arbitrary<Step> {
  return fc.constant(words).map((said) => new Happens(said, act));
}

const says = does("says something", (person) => person.say());
const saysLate = does("says something that arrives late", (person) => person.sayLate());
const STEPS: fc.Arbitrary<Step>[] = [
  says,
  says,
  saysLate,
  fc.tuple(who, place).map(([one, at]) => new Does("edits", one, (person) => person.edit(at))),
  fc.tuple(who, place).map(([one, at]) => new Does("deletes", one, (person) => person.remove(at))),
  fc.tuple(who, place).map(([one, at]) => new Does("reacts", one, (person) => person.react(at))),
  does("is not heard", ({ line }) => line.hold("toServer")),
  does("hears nothing", ({ line }) => line.hold("toClient")),
  does("is connected as before", ({ line }) => line.release()),
  does("is cut off", ({ line }) => line.cut(true)),
  does("is cut off, unnoticed by the server", ({ line }) => line.cut(false)),
  does("goes offline", (person) => void (person.line.isOffline = true)),
  does("comes online", (person) => void (person.line.isOffline = false)),
  does("loses a push", ({ line }) => void (line.losing += 1)),
  does("opens the tab anew", (person) => person.reopen()),
  happens("The object hibernates", (hash) => evict(hash, "hibernate")),
  happens("The object restarts", (hash) => evict(hash, "close")),
  happens("The object dies", abort),
  ms.map((pause) => new Happens(`${pause} ms pass`, () => pass(pause))),
];

/** The object may be away already. An eviction waits for timers, such as that of a socket without `hello`: we don't. */
async function evict(hash: string, webSockets: "hibernate" | "close"): Promise<void> {
  const eviction = evictDurableObject(env.CONVERSATION.getByName(hash), { webSockets }).catch(() => undefined);
  await Promise.race([eviction, pass(50)]);
}

function pass(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

async function abort(hash: string): Promise<void> {
  await runInDurableObject(env.CONVERSATION.getByName(hash), (_, state) => state.abort("dies")).catch(() => undefined);
}

/** @throws with the seed and the shortest run of steps, when one ends in a difference */
async function explore(steps: fc.Arbitrary<Step>[], endOnFailure = false): Promise<number> {
  let runs = 0;
  const property = fc.asyncProperty(fc.commands(steps, { maxCommands: 40 }), async (commands) => {
    const pair = await ModelPair.start();
    runs += 1;
    try {
      const model: Model = { said: [[], []] };
      await fc.asyncModelRun(() => ({ model, real: pair }), commands);
      expect(await pair.settle(model.said)).toBeUndefined();
    } finally {
      pair.close();
    }
  });
  const seed = Number(process.env["SEED"] || Math.floor(realRandom() * 2 ** 31));
  console.log(`model: SEED=${seed}`);
  await fc.assert(property, {
    numRuns: 150,
    seed,
    endOnFailure,
    interruptAfterTimeLimit: endOnFailure ? 2 * TIME_LIMIT_MS : TIME_LIMIT_MS,
  });
  console.log(`model: ${runs} runs`);
  return runs;
}

const DIFFERENCE = expect.objectContaining({ message: expect.stringMatching(/The log has/) });
const realRandom = Math.random;

beforeAll(() => {
  setLimits(LIMITS);
  // Clients come back after milliseconds instead of seconds: jitter is a part of their pause.
  vi.spyOn(Math, "random").mockImplementation(() => realRandom() * 0.005);
});

it(
  "[OUTBOX-4] [ORDER-11] [SEND-3] any interleaving of work and faults ends as the model says",
  { timeout: 300_000 },
  async () => {
    expect(await explore(STEPS)).toBeGreaterThan(5);
  },
);

it(
  "[SEND-3] control: without the look for known ids, one that arrives late ends otherwise",
  { timeout: 300_000 },
  async () => {
    const spy = vi.spyOn(EventLog.prototype, "findById").mockReturnValue(undefined);
    await expect(explore([says, saysLate], true)).rejects.toThrow(expect.objectContaining({ cause: DIFFERENCE }));
    spy.mockRestore();
  },
);

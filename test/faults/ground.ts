/** What the tests of faults stand on: the deployed bundle on plain workerd, and pairs of people who chat on it. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, onTestFinished, vi } from "vitest";
import { type Stack, startStack } from "../../dev/stack.ts";
import { Pair, UNLIMITED } from "./pair.ts";
import type { Kind, PersonOptions } from "./person.ts";
import { seededRandom } from "./random.ts";

export interface Ground {
  /** Of the stack. */
  readonly directory: string;
  readonly stack: Stack;
  /** @param onFinished - the test's own, where tests run side by side */
  startPair(options?: PersonOptions & { kind?: Kind }, onFinished?: typeof onTestFinished): Promise<Pair>;
}

/** One stack for all tests of a file, started before them. */
export function useGround(): Ground {
  let directory = "";
  let stack: Stack | undefined;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "duet-ground-"));
    stack = await startStack({ directory, runtime: "workerd", vars: UNLIMITED });
  });

  afterAll(async () => {
    await stack?.stop();
    await rm(directory, { recursive: true, force: true });
  });

  return {
    get directory() {
      return directory;
    },
    get stack() {
      if (!stack) throw new Error("The stack stands only during tests.");
      return stack;
    },
    async startPair({ kind, ...options } = {}, onFinished = onTestFinished) {
      const pair = await Pair.start(this.stack, directory, options, kind);
      onFinished(() => pair.close());
      return pair;
    },
  };
}

/**
 * Clients come back after milliseconds instead of seconds: jitter is a part of their pause.
 *
 * @param share - of the pause, at the most
 */
export function hurryClients(share = 0.005): void {
  beforeAll(() => {
    const jitter = seededRandom(1);
    vi.spyOn(Math, "random").mockImplementation(() => jitter() * share);
  });
}

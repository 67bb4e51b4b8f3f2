/** What tests in a browser stand on: Duet as `npm start` runs it, and one Chromium. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll } from "vitest";
import { launchChromium } from "../../dev/chromium.ts";
import { type Stack, startStack } from "../../dev/stack.ts";

export interface Site {
  readonly stack: Stack;
  readonly browser: Browser;
}

/**
 * One of both for all tests of a file, started before them.
 *
 * @param vars - variables of the Worker, such as limits
 */
export function useSite(vars: Record<string, string> = {}): Site {
  let stack: Stack | undefined;
  let browser: Browser | undefined;

  beforeAll(async () => {
    [stack, browser] = await Promise.all([startStack({ vars }), launchChromium()]);
  });

  afterAll(async () => {
    await browser?.close();
    await stack?.stop();
  });

  return {
    get stack() {
      return there(stack);
    },
    get browser() {
      return there(browser);
    },
  };
}

export function there<T>(part: T | undefined): T {
  if (part === undefined) throw new Error("It stands only during tests.");
  return part;
}

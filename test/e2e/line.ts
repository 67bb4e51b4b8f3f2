/** What tests of the SDK stand on: Duet on the bare runtime, and a line to it that can fail. */
import { afterAll, afterEach, beforeAll } from "vitest";
import { type Stack, startStack } from "../../dev/stack.ts";
import { there } from "./site.ts";
import { startTcpProxy, type TcpProxy } from "./tcp-proxy.ts";

export interface Line {
  readonly stack: Stack;
  /** Healed after each test. */
  readonly proxy: TcpProxy;
}

/**
 * One of both for all tests of a file, started before them.
 *
 * @param vars - variables of the Worker, such as limits
 */
export function useLine(vars: Record<string, string> = {}): Line {
  let stack: Stack | undefined;
  let proxy: TcpProxy | undefined;

  beforeAll(async () => {
    stack = await startStack({ runtime: "workerd", vars });
    proxy = await startTcpProxy(stack.url);
  });

  afterEach(() => {
    Object.assign(there(proxy), { isDeaf: false, isOffline: false });
  });

  afterAll(async () => {
    proxy?.stop();
    await stack?.stop();
  });

  return {
    get stack() {
      return there(stack);
    },
    get proxy() {
      return there(proxy);
    },
  };
}

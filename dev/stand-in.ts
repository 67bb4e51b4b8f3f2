/** Runs a stand-in on a thread of its own: its work does not hold up ours, and it can't outlive the process. */
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import * as z from "zod";
import type { RunningServer } from "./json-server.ts";
import type { MailboxOptions } from "./mailbox.ts";
import type { NeonOptions } from "./neon-http.ts";
import type { UpstashOptions } from "./upstash-http.ts";

export type StandInSettings =
  | { kind: "neon"; options: NeonOptions }
  | { kind: "upstash"; options: UpstashOptions }
  | { kind: "mailbox"; options: MailboxOptions };

/** Milliseconds a stand-in may take to finish its requests and write its data. */
const STOP_TIMEOUT_MS = 10_000;

/**
 * Starts a stand-in.
 *
 * @param onCrash - called when it ends without having been stopped
 * @throws the error it failed to start with; its `code` is EADDRINUSE when the port is taken
 */
export async function startStandIn(
  settings: StandInSettings,
  onCrash: (error: Error) => void = (error) => console.error(error),
): Promise<RunningServer> {
  const thread = new Worker(new URL("./stand-in-thread.ts", import.meta.url), { workerData: settings });
  const [message] = await once(thread, "message");
  const port = z.int().parse(message);
  const exited = once(thread, "exit");
  exited.catch(onCrash);

  return {
    port,
    async stop() {
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
      thread.postMessage("stop");
      const timer = setTimeout(() => void thread.terminate(), STOP_TIMEOUT_MS);
      await exited;
      clearTimeout(timer);
    },
  };
}

/** The Worker as processes on this machine: started, watched, stopped or killed. */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { untilPortFree } from "./ports.ts";
import { type ProcessGroup, startProcessGroup } from "./process-group.ts";
import { workerdCommand } from "./workerd-command.ts";
import { wranglerCommand } from "./wrangler-command.ts";

/** Milliseconds for the first answer, bundling included, on a slow machine. */
const START_TIMEOUT_MS = 90_000;
const POLL_MS = 25;
/** Needs neither store: the Worker starts although they are out. */
const PROBE = "/chat-server/openapi.json";

/** `wrangler` is what `npm start` runs; `workerd` the deployed bundle on the bare runtime, up in a third of a second. */
const COMMANDS = { wrangler: wranglerCommand, workerd: workerdCommand };
export type WorkerRuntime = keyof typeof COMMANDS;

export interface WorkerOptions {
  runtime: WorkerRuntime;
  port: number;
  /** Takes the objects' storage and the log. */
  directory: string;
  /** Secrets and limits. No command line shows them. */
  vars: Record<string, string>;
  /** What to run instead of worker/index.ts, below the repository's root. */
  entry?: string | undefined;
  /** Called when it ends without having been told to. */
  onCrash: (error: Error) => void;
}

export interface RunningWorker {
  stop(): Promise<void>;
  /** SIGKILL for all of its processes at once; returns when the port is free. */
  kill(): Promise<void>;
}

/**
 * Prepares a Worker, once: what it then starts, again and again, is the same code.
 *
 * @returns how to start it; throws Error with its last output when it does not come up
 */
export function prepareWorker({ runtime, onCrash, ...options }: WorkerOptions): () => Promise<RunningWorker> {
  let prepared: ReturnType<typeof wranglerCommand> | undefined;
  return async () => {
    prepared ??= COMMANDS[runtime](options);
    const { command, env } = await prepared;
    const group = startProcessGroup(command, join(options.directory, "worker.log"), env);
    const running = await supervise(group, options.port, onCrash);
    // Asked to end, the bare runtime waits for every open socket to close, which is the clients' choice.
    return runtime === "workerd" ? { ...running, stop: () => running.kill() } : running;
  };
}

async function supervise(group: ProcessGroup, port: number, onCrash: WorkerOptions["onCrash"]): Promise<RunningWorker> {
  let ending = false;
  async function end(how: "stop" | "kill"): Promise<void> {
    ending = true;
    await group[how]();
    await untilPortFree(port);
  }
  try {
    await untilAnswering(group, port);
  } catch (error) {
    await end("kill");
    throw error;
  }
  void group.exited.then(async () => {
    if (!ending) onCrash(new Error(`The Worker has ended. ${await group.output()}`));
  });
  return { stop: () => end("stop"), kill: () => end("kill") };
}

async function untilAnswering(group: ProcessGroup, port: number): Promise<void> {
  const deadline = performance.now() + START_TIMEOUT_MS;
  while (performance.now() < deadline) {
    if (await isAnswering(port)) return;
    const pause = sleep(POLL_MS, "poll again" as const);
    if ((await Promise.race([pause, group.exited])) !== "poll again") break;
  }
  throw new Error(`The Worker did not start:\n${await group.output()}`);
}

async function isAnswering(port: number): Promise<boolean> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}${PROBE}`, { signal: AbortSignal.timeout(5_000) });
    await answer.body?.cancel();
    return answer.ok;
  } catch {
    return false;
  }
}

/** The Worker under `wrangler dev`: the real runtime, with its state in a folder. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ROOT, WEB_OUT } from "./paths.ts";
import { untilPortFree } from "./ports.ts";
import { type ProcessGroup, startProcessGroup } from "./process-group.ts";

const WRANGLER = join(ROOT, "node_modules", ".bin", "wrangler");
/** No questions, no news, no network of wrangler's own. */
const QUIET = {
  NO_COLOR: "1",
  WRANGLER_HIDE_BANNER: "true",
  WRANGLER_SEND_METRICS: "false",
  WRANGLER_SEND_ERROR_REPORTS: "false",
  WRANGLER_WRITE_LOGS: "false",
  CLOUDFLARE_CF_FETCH_ENABLED: "false",
  X_LOCAL_EXPLORER: "false",
  X_LOCAL_OBSERVABILITY: "false",
};
/** Milliseconds for bundling and the first answer, on a slow machine. */
const START_TIMEOUT_MS = 90_000;
const POLL_MS = 100;

export interface WorkerOptions {
  port: number;
  /** Takes the objects' storage, the environment file and the log. */
  directory: string;
  /** Secrets and limits. They go in a file, so that no command line shows them. */
  vars: Record<string, string>;
  /** Called when it ends without having been told to. */
  onCrash: (error: Error) => void;
}

export interface RunningWorker {
  stop(): Promise<void>;
  /** SIGKILL for wrangler and workerd at once; returns when the port is free. */
  kill(): Promise<void>;
}

/**
 * Starts the Worker and waits until it answers.
 *
 * @throws Error with its last output when it does not come up
 */
export async function startWorker({ port, directory, vars, onCrash }: WorkerOptions): Promise<RunningWorker> {
  const envFile = join(directory, "worker.env");
  await mkdir(directory, { recursive: true });
  // wrangler refuses to start without the folder of static pages, built or not.
  await mkdir(WEB_OUT, { recursive: true });
  await writeFile(
    envFile,
    Object.entries(vars).map(([name, value]) => `${name}='${value}'\n`),
    { mode: 0o600 },
  );

  const flags = {
    "--cwd": ROOT,
    "--env-file": envFile,
    "--persist-to": join(directory, "worker"),
    "--ip": "127.0.0.1",
    "--port": String(port),
    "--inspector-port": "0",
    "--show-interactive-dev-session": "false",
  };
  const group = startProcessGroup(
    [process.execPath, WRANGLER, "dev", ...Object.entries(flags).flat()],
    join(directory, "worker.log"),
    // wrangler's own request log has whole paths, and with them hashes. WRANGLER_LOG=log shows it, and ours, when wanted.
    { WRANGLER_LOG: "warn", ...process.env, ...QUIET, WRANGLER_REGISTRY_PATH: join(directory, "worker", "registry") },
  );

  let ending = false;
  async function end(how: "stop" | "kill"): Promise<void> {
    ending = true;
    await group[how]();
    await untilPortFree(port);
  }
  try {
    await untilHealthy(group, port);
  } catch (error) {
    await end("kill");
    throw error;
  }
  void group.exited.then(async () => {
    if (!ending) onCrash(new Error(`The Worker has ended. ${await group.output()}`));
  });
  return { stop: () => end("stop"), kill: () => end("kill") };
}

async function untilHealthy(group: ProcessGroup, port: number): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < deadline) {
    if (await isHealthy(port)) return;
    const pause = sleep(POLL_MS, "poll again" as const);
    if ((await Promise.race([pause, group.exited])) !== "poll again") break;
  }
  throw new Error(`The Worker did not start:\n${await group.output()}`);
}

async function isHealthy(port: number): Promise<boolean> {
  try {
    const url = `http://127.0.0.1:${port}/chat-server/health`;
    const answer = await fetch(url, { signal: AbortSignal.timeout(5_000) });
    await answer.body?.cancel();
    return answer.ok;
  } catch {
    return false;
  }
}

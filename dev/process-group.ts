/** A command with all its children, as one thing that can be ended. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const LEASH = fileURLToPath(new URL("./leash.ts", import.meta.url));
/** Milliseconds a group may take to end after SIGTERM. */
const STOP_TIMEOUT_MS = 5_000;
/** Lines of output that explain a failure. */
const TAIL_LINES = 40;

export interface ProcessGroup {
  /** The exit code, once the command has ended. */
  exited: Promise<number>;
  /** Ends all of it in its own way, and by force after 5 s. */
  stop(): Promise<void>;
  /** Ends all of it by SIGKILL, at once. */
  kill(): Promise<void>;
  /** The last lines it wrote. */
  output(): Promise<string>;
}

/**
 * Starts a command in a process group of its own, which also ends when this process dies in whatever way.
 *
 * @param logFile - takes all output; what was in it is gone
 */
export function startProcessGroup(command: string[], logFile: string, env: NodeJS.ProcessEnv): ProcessGroup {
  const log = openSync(logFile, "w", 0o600);
  const leader = spawn(process.execPath, [LEASH, ...command], { detached: true, stdio: ["pipe", log, log], env });
  closeSync(log);
  const exited = once(leader, "exit").then(([code]) => {
    // Whatever is left of the group has nobody to end it any more.
    signal("SIGKILL");
    return typeof code === "number" ? code : 1;
  });

  function signal(name: NodeJS.Signals): void {
    if (leader.pid === undefined) return;
    try {
      process.kill(-leader.pid, name);
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
    }
  }

  return {
    exited,
    async stop() {
      signal("SIGTERM");
      const timer = setTimeout(() => signal("SIGKILL"), STOP_TIMEOUT_MS);
      await exited;
      clearTimeout(timer);
    },
    async kill() {
      signal("SIGKILL");
      await exited;
    },
    async output() {
      return (await readFile(logFile, "utf8")).trimEnd().split("\n").slice(-TAIL_LINES).join("\n");
    },
  };
}

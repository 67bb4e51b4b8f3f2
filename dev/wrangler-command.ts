/** The Worker under `wrangler dev`: bundled from the sources, with the static pages, its state in a folder. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ROOT, WEB_OUT } from "./paths.ts";

export const WRANGLER = join(ROOT, "node_modules", ".bin", "wrangler");
/** No questions, no news, no network of wrangler's own. */
export const QUIET = {
  NO_COLOR: "1",
  WRANGLER_HIDE_BANNER: "true",
  WRANGLER_SEND_METRICS: "false",
  WRANGLER_SEND_ERROR_REPORTS: "false",
  WRANGLER_WRITE_LOGS: "false",
  CLOUDFLARE_CF_FETCH_ENABLED: "false",
  X_LOCAL_EXPLORER: "false",
  X_LOCAL_OBSERVABILITY: "false",
};

/** What runs a Worker, and the environment it runs in. */
export interface WorkerCommand {
  command: string[];
  env: NodeJS.ProcessEnv;
}

export interface WorkerCommandOptions {
  port: number;
  directory: string;
  vars: Record<string, string>;
  /** What to run instead of worker/index.ts. */
  entry?: string | undefined;
}

export async function wranglerCommand({ port, directory, vars, entry }: WorkerCommandOptions): Promise<WorkerCommand> {
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
  return {
    command: [
      process.execPath,
      WRANGLER,
      "dev",
      ...(entry === undefined ? [] : [join(ROOT, entry)]),
      ...Object.entries(flags).flat(),
    ],
    // wrangler's own request log has whole paths, and with them hashes. WRANGLER_LOG=log shows it, and ours, when wanted.
    env: {
      WRANGLER_LOG: "warn",
      ...process.env,
      ...QUIET,
      WRANGLER_REGISTRY_PATH: join(directory, "worker", "registry"),
    },
  };
}

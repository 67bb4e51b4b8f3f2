/** `npm start`: everything Duet needs, on this machine, until Ctrl-C. */
import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import * as z from "zod";
import { lockFolder } from "./lock.ts";
import { LOCAL } from "./paths.ts";
import { isPortFree } from "./ports.ts";
import { explain, step } from "./progress.ts";
import { startStack, type Stack } from "./stack.ts";
import { buildWeb, isWebStale } from "./web-build.ts";

const Settings = z.object({
  PORT: z.coerce.number().int().min(1).max(65_535).default(8787),
  LOCAL_STATE: z.string().default(LOCAL),
  LOCAL_POSTGRES_URL: z.string().optional(),
  LOCAL_REDIS_URL: z.string().optional(),
  METRICS_TOKEN: z.string().optional(),
});

const interrupted = new AbortController();
const ended = new Promise<void>((resolve) => interrupted.signal.addEventListener("abort", () => resolve()));
// npm and the terminal each deliver Ctrl-C, so it may come twice.
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => interrupted.abort());

process.exitCode = await main().catch((error: unknown) => {
  if (interrupted.signal.aborted) return 0;
  console.error(`\n${explain(error)}`);
  return 1;
});

/** @returns the exit code */
async function main(): Promise<number> {
  const { PORT, LOCAL_STATE, LOCAL_POSTGRES_URL, LOCAL_REDIS_URL, METRICS_TOKEN } = readSettings();
  if (!(await isPortFree(PORT))) {
    throw new Error(`Port ${PORT} is taken. Choose another one: PORT=${PORT + 1} npm start`);
  }
  const unlock = await lockFolder(LOCAL_STATE);
  if (unlock === undefined)
    throw new Error(`Duet already runs with the state in ${LOCAL_STATE}. End it first (Ctrl-C there).`);
  let crash: Error | undefined;
  let stack: Stack | undefined;
  try {
    if (await isWebStale()) await interruptible("Web pages", () => buildWeb(interrupted.signal));
    stack = await startStack({
      directory: LOCAL_STATE,
      port: PORT,
      sessionSecret: await readSessionSecret(LOCAL_STATE),
      postgresServerUrl: LOCAL_POSTGRES_URL,
      redisServerUrl: LOCAL_REDIS_URL,
      ...(METRICS_TOKEN !== undefined && { vars: { METRICS_TOKEN } }),
      step: interruptible,
      onCrash(error) {
        crash ??= error;
        interrupted.abort();
      },
    });
    console.log(`
Duet is ready on http://localhost:${PORT}

  Open it and make a chat for two names. Then open the chat's link in a second browser,
  or in a private window, as the other person. Ctrl-C ends Duet; what was said is kept in ${relative(process.cwd(), LOCAL_STATE)}/.
  Mails that it sends are at ${stack.mailboxUrl}
`);
    await ended;
  } finally {
    await stack?.stop();
    await unlock();
  }
  if (crash !== undefined) console.error(`\nDuet has ended, because a part of it did. ${explain(crash)}`);
  return crash === undefined ? 0 : 1;
}

async function interruptible<T>(name: string, work: () => Promise<T>): Promise<T> {
  interrupted.signal.throwIfAborted();
  return step(name, work);
}

function readSettings(): z.infer<typeof Settings> {
  const settings = Settings.safeParse(process.env);
  if (!settings.success) throw new Error("PORT is a number from 1 to 65535, such as: PORT=8788 npm start");
  return settings.data;
}

/** The key that signs sessions: made once, so that logins outlive a restart. */
async function readSessionSecret(folder: string): Promise<string> {
  const file = join(folder, "session-secret");
  const kept = await readFile(file, "utf8").catch(() => "");
  if (kept !== "") return kept;
  const secret = randomBytes(32).toString("hex");
  await writeFile(file, secret, { mode: 0o600 });
  return secret;
}

/** A whole Duet on this machine: Postgres, Redis, migrations and the Worker. For `npm start`, tests and benchmarks. */
import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { migrateDatabase } from "../drizzle/migrate.ts";
import { findFreePort } from "./ports.ts";
import { startStandIn } from "./stand-in.ts";
import { prepareWorker, type WorkerRuntime } from "./worker.ts";

export interface StackOptions {
  /** Where all state lives and stays. Without it: a temporary folder, removed by `stop()`. */
  directory?: string;
  /** The Worker's port; any free one by default. */
  port?: number;
  /** Signs sessions; a random one by default. */
  sessionSecret?: string;
  /** What runs the Worker: `wrangler` by default. `workerd` has no static pages, but can be killed by the hundred. */
  runtime?: WorkerRuntime;
  /** What to run instead of worker/index.ts, below the repository's root. */
  entry?: string;
  /** Further variables of the Worker, such as limits. */
  vars?: Record<string, string>;
  /** A real Postgres and Redis to use instead of the embedded ones. */
  postgresServerUrl?: string | undefined;
  redisServerUrl?: string | undefined;
  /** Puts something between the Worker and a store that listens on `port`. Returns the port to use instead. */
  between?: (store: "postgres" | "redis", port: number) => Promise<number>;
  /** Called around every step of the start. */
  step?: <T>(name: string, work: () => Promise<T>) => Promise<T>;
  /** Called when a part ends by itself. By default the error is printed. */
  onCrash?: (error: Error) => void;
}

/** A part that can be away for a while: it comes back on the same port with the same data. */
interface Part {
  start(): Promise<void>;
  stop(): Promise<void>;
}

export interface Stack {
  /** The Worker's origin. */
  url: string;
  databaseUrl: string;
  postgres: Part;
  redis: Part & { url: string; token: string };
  /** Where to look at the mails that were sent. */
  mailboxUrl: string;
  /** `kill` is a SIGKILL of everything the Worker runs in, at once. */
  worker: Part & { kill(): Promise<void> };
  /** Ends everything and frees every port. */
  stop(): Promise<void>;
}

/**
 * Starts a stack and waits until the Worker answers.
 *
 * @throws Error when a part does not come up; the others are stopped before
 */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const { step = (_name, work) => work(), onCrash = (error) => console.error(error.message) } = options;
  const { between = async (_store, port) => port } = options;
  const temporary = options.directory === undefined ? await mkdtemp(join(tmpdir(), "duet-")) : undefined;
  const directory = options.directory ?? temporary ?? "";
  await mkdir(directory, { recursive: true });
  const postgresPort = await findFreePort();
  const redisPort = await findFreePort();
  const mailboxPort = await findFreePort();
  const mailboxUrl = `http://127.0.0.1:${mailboxPort}/`;
  const workerPort = options.port ?? (await findFreePort());
  const password = randomSecret();
  const token = randomSecret();
  const databaseUrlAt = (port: number) => `postgres://duet:${password}@127.0.0.1:${port}/duet`;
  const databaseUrl = databaseUrlAt(postgresPort);
  const redisUrl = `http://127.0.0.1:${redisPort}`;
  const vars = {
    DATABASE_URL: databaseUrlAt(await between("postgres", postgresPort)),
    UPSTASH_REDIS_REST_URL: `http://127.0.0.1:${await between("redis", redisPort)}`,
    UPSTASH_REDIS_REST_TOKEN: token,
    SESSION_SECRET: options.sessionSecret ?? randomSecret(),
    MAIL_API_URL: `${mailboxUrl}emails`,
    MAIL_API_KEY: token,
    MAIL_FROM: "Duet <duet@localhost>",
    ...options.vars,
  };

  const postgres = restartable(() => {
    const access = { user: "duet", password, database: "duet" };
    const source = { directory: join(directory, "postgres"), serverUrl: options.postgresServerUrl };
    return startStandIn({ kind: "neon", options: { port: postgresPort, ...access, ...source } }, onCrash);
  });
  const redis = restartable(() => {
    const source = { snapshotFile: join(directory, "redis.json"), serverUrl: options.redisServerUrl };
    return startStandIn({ kind: "upstash", options: { port: redisPort, token, ...source } }, onCrash);
  });
  const mailbox = restartable(() => {
    const mails = { port: mailboxPort, key: token, file: join(directory, "mails.jsonl") };
    return startStandIn({ kind: "mailbox", options: mails }, onCrash);
  });
  const worker = restartable(
    prepareWorker({
      runtime: options.runtime ?? "wrangler",
      entry: options.entry,
      port: workerPort,
      directory,
      vars,
      onCrash,
    }),
  );

  async function stop(): Promise<void> {
    await worker.stop();
    await Promise.all([postgres.stop(), redis.stop(), mailbox.stop()]);
    if (temporary !== undefined) await rm(temporary, { recursive: true, force: true });
  }

  try {
    await step("Postgres", postgres.start);
    await step("Redis", redis.start);
    await step("Mailbox", mailbox.start);
    await step("Migrations", () => migrateDatabase(databaseUrl));
    await step("Worker", worker.start);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url: `http://127.0.0.1:${workerPort}`,
    databaseUrl,
    postgres,
    redis: { ...redis, url: redisUrl, token },
    mailboxUrl,
    worker: { ...worker, kill: () => worker.end((running) => running.kill()) },
    stop,
  };
}

function restartable<R extends { stop(): Promise<void> }>(launch: () => Promise<R>) {
  let running: R | undefined;
  async function end(how: (running: R) => Promise<void>): Promise<void> {
    const ending = running;
    running = undefined;
    if (ending !== undefined) await how(ending);
  }
  async function start(): Promise<void> {
    running ??= await launch();
  }
  return { start, stop: () => end((ending) => ending.stop()), end };
}

function randomSecret(): string {
  return randomBytes(32).toString("hex");
}

/** The contestants' servers, each by itself on this machine. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import { findFreePort } from "../../dev/ports.ts";
import { startStack } from "../../dev/stack.ts";
import { prepareWorker } from "../../dev/worker.ts";
import { findWorkerd } from "./processes.ts";
import type { Contestant } from "./scenario.ts";

export interface Server {
  url: string;
  pid: number;
  stop(): Promise<void>;
}

/** Everything on, and nothing that refuses the load: how fast one person may write is a limit, not a figure. */
const DUET_VARS = {
  EVENTS_PER_SECOND: "1000000",
  EVENT_BURST: "1000000",
  REGISTRATIONS_PER_MINUTE: "1000000",
  LOGINS_PER_MINUTE: "1000000",
  SOCKETS_PER_PERSON: "1000",
};
const WORKERS = {
  echo: "bench/contestants/echo.ts",
  naive: "bench/contestants/naive.ts",
  "workers-chat": "bench/contestants/workers-chat.ts",
};
const POSTGRES_URL = process.env["LOCAL_POSTGRES_URL"] ?? "postgres://postgres@127.0.0.1:5432/postgres";
const SOCKET_IO = new URL("../contestants/socket-io.ts", import.meta.url);

/** Whether there is a Postgres server here for those contestants that need one. */
export async function hasPostgres(): Promise<boolean> {
  return administrate("select 1").then(
    () => true,
    () => false,
  );
}

/** @param directory - takes all that the server stores, but for Socket.IO's: that is wherever Postgres has its own */
export async function startServer(contestant: Contestant, directory: string): Promise<Server> {
  const home = join(directory, contestant);
  await mkdir(home, { recursive: true });
  switch (contestant) {
    case "echo":
    case "naive":
    case "workers-chat":
      return startWorker(WORKERS[contestant], home);
    case "socket.io":
      return startSocketIo();
    case "duet":
    case "duet-sdk":
      return startDuet(home);
    default:
      return contestant satisfies never;
  }
}

async function startWorker(entry: string, directory: string): Promise<Server> {
  const port = await findFreePort();
  const start = prepareWorker({ runtime: "workerd", port, directory, entry, vars: {}, onCrash: crash });
  const running = await start();
  return { url: `http://127.0.0.1:${port}`, pid: await findWorkerd(port), stop: () => running.stop() };
}

/** Archives to the same Postgres as Socket.IO stores in, where there is one, else to the embedded one. */
async function startDuet(directory: string): Promise<Server> {
  const database = (await hasPostgres()) ? await createDatabase("duet") : undefined;
  // A hosted Postgres has a disk of its own. Here its commits would hold up those of the objects, which share the disk.
  if (database) await administrate(`alter database ${database.name} set synchronous_commit = off`);
  const options = { directory, runtime: "workerd", vars: DUET_VARS, onCrash: crash } as const;
  const stack = await startStack({ ...options, postgresServerUrl: database?.url });
  return {
    url: stack.url,
    pid: await findWorkerd(Number(new URL(stack.url).port)),
    async stop() {
      await stack.stop();
      await database?.drop();
    },
  };
}

async function startSocketIo(): Promise<Server> {
  const port = await findFreePort();
  const database = await createDatabase("socket_io");
  const child = fork(SOCKET_IO, [database.url, String(port)]);
  const exited = once(child, "exit");
  await Promise.race([
    once(child, "message"),
    exited.then(() => Promise.reject(new Error("Socket.IO did not start."))),
  ]);
  return {
    url: `http://127.0.0.1:${port}`,
    pid: child.pid ?? 0,
    async stop() {
      child.kill("SIGKILL");
      await exited;
      await database.drop();
    },
  };
}

let databases = 0;

async function createDatabase(name: string) {
  databases += 1;
  const database = `duet_bench_${name}_${process.pid}_${databases}`;
  await administrate(`create database ${database}`);
  const url = new URL(POSTGRES_URL);
  url.pathname = database;
  return { name: database, url: url.href, drop: () => administrate(`drop database ${database} with (force)`) };
}

async function administrate(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: POSTGRES_URL, connectionTimeoutMillis: 2_000 });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

function crash(error: Error): void {
  throw error;
}

/** Puts contestants under the same load by turns, and compares what each made of it. */
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { LOCAL } from "../../dev/paths.ts";
import { median } from "../figures.ts";
import { drive } from "./drive.ts";
import { cpuSeconds } from "./processes.ts";
import type { Contestant, LoadResult, LoadScenario } from "./scenario.ts";
import { hasPostgres, type Server, startServer } from "./servers.ts";

export type Medium = "on disk" | "on a RAM disk";
export type Load = Omit<LoadScenario, "kind" | "contestant" | "url" | "pid">;
/** What each contestant made of every round. */
export type Results = Map<Contestant, LoadResult[]>;

const RAM_DISK = "/dev/shm";
const REST_STEP_MS = 200;
/** CPU time over time, of all servers and their stores together, that counts as rest. */
const REST_CPU = 0.05;
const REST_LIMIT_MS = 30_000;

/** @returns those that can run here: Postgres keeps its data where it was told to, which is not the RAM disk */
export async function contestantsOn(medium: Medium, wanted: readonly Contestant[]): Promise<Contestant[]> {
  const canStore = medium === "on disk" && (await hasPostgres());
  return wanted.filter((contestant) => contestant !== "socket.io" || canStore);
}

/** Starts the servers of some contestants, all at once; only one is under load at any time. */
export async function withServers<T>(
  medium: Medium,
  contestants: readonly Contestant[],
  use: (servers: ReadonlyMap<Contestant, Server>) => Promise<T>,
): Promise<T> {
  const parent = medium === "on disk" ? LOCAL : RAM_DISK;
  await mkdir(parent, { recursive: true });
  const directory = await mkdtemp(join(parent, "duet-bench-"));
  const servers = new Map<Contestant, Server>();
  try {
    for (const contestant of contestants) servers.set(contestant, await startServer(contestant, directory));
    return await use(servers);
  } finally {
    for (const server of servers.values()) await server.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

/** Plays rounds in which every contestant gets the load once, in an order that changes, each time in new chats. */
export async function playRounds(
  servers: ReadonlyMap<Contestant, Server>,
  load: Load,
  rounds: number,
  tell: (line: string) => void,
): Promise<Results> {
  const results: Results = new Map(Array.from(servers.keys(), (contestant) => [contestant, []]));
  const contestants = [...servers];
  for (let round = 0; round < rounds; round += 1) {
    for (const [contestant, { url, pid }] of contestants) {
      await untilAtRest(servers);
      const result = await drive({ kind: "load", contestant, url, pid, ...load });
      results.get(contestant)?.push(result);
      const { throughput, ack } = result;
      const latency = `${ack.p50.toFixed(2)} ms, p99 ${ack.p99.toFixed(1)} ms`;
      tell(
        `round ${round + 1} of ${rounds}: ${contestant.padEnd(12)} ${Math.round(throughput)} messages/s, ${latency}`,
      );
    }
    contestants.push(...contestants.splice(0, 1));
  }
  return results;
}

/** What a round left to be done, such as writing to Postgres, must not weigh on the next contestant. */
async function untilAtRest(servers: ReadonlyMap<Contestant, Server>): Promise<void> {
  const deadline = performance.now() + REST_LIMIT_MS;
  for (let used = await totalCpu(servers); performance.now() < deadline;) {
    await sleep(REST_STEP_MS);
    const now = await totalCpu(servers);
    if (now - used < (REST_CPU * REST_STEP_MS) / 1_000) return;
    used = now;
  }
}

/** Seconds of CPU time of all servers, and of our own process, where the stand-ins for the stores are. */
async function totalCpu(servers: ReadonlyMap<Contestant, Server>): Promise<number> {
  const { user, system } = process.cpuUsage();
  let total = (user + system) / 1_000_000;
  for (const { pid } of servers.values()) total += await cpuSeconds(pid);
  return total;
}

export interface Ratio {
  median: number;
  low: number;
  high: number;
}

/**
 * Compares two contestants round by round, because what else a machine does changes from one round to the next.
 *
 * @throws RangeError when one of them did not take part
 */
export function ratio(results: Results, of: Contestant, to: Contestant, pick: (result: LoadResult) => number): Ratio {
  const theirs = results.get(to) ?? [];
  const ratios = (results.get(of) ?? []).flatMap((result, round) => {
    const other = theirs[round];
    return other ? [pick(result) / pick(other)] : [];
  });
  return { median: median(ratios), low: Math.min(...ratios), high: Math.max(...ratios) };
}

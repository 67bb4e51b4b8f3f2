/** Duet and its contestants under the same load, on plain workerd, on this machine's disk and without one. */
import type { Figure, Findings, Measurement } from "./figures.ts";
import { contestantsOn, type Load, type Medium, playRounds, type Results, withServers } from "./load/rounds.ts";
import type { Contestant, LoadResult } from "./load/scenario.ts";
import { type Aim, compare, refusals, table } from "./load/tables.ts";

const ROUNDS = { full: 5, quick: 2 };
const FULL = { warmUpMs: 400, measureMs: 1_200 };
const QUICK = { warmUpMs: 500, measureMs: 1_500 };
const MEDIA: Medium[] = ["on disk", "on a RAM disk"];
const ALL: Contestant[] = ["echo", "naive", "workers-chat", "socket.io", "duet"];
const QUICK_ONES: Contestant[] = ["echo", "naive", "duet"];

const throughput = (result: LoadResult) => result.throughput;
const p50 = ({ ack }: LoadResult) => ack.p50;
const p99 = ({ ack }: LoadResult) => ack.p99;
/** Of the server; what else a machine does changes it little, where it changes everything that takes time. */
const cpu = (result: LoadResult) => result.serverCpu / result.throughput;

/** A ratio to Duet and what it is called; the aim holds on disk only. */
interface Comparison extends Aim {
  of: string;
  /** What the quick form demands, where a noisy machine can't be held to the aim. */
  quick?: Pick<Aim, "atLeast" | "atMost">;
}

interface Options {
  title: string;
  /** For the names of figures. */
  load: Pick<Load, "chats" | "inFlight" | "socketsEach">;
  words: string;
  contestants: Contestant[];
  comparisons: Comparison[];
  /** Where the quick form runs: on disk, others that write weigh on it. */
  quickOn?: Medium;
}

export const busyChat: Measurement = comparison({
  title: "One busy chat",
  words: "One busy chat, 32 in flight",
  load: { chats: 1, inFlight: 32, socketsEach: 1 },
  contestants: ALL,
  comparisons: [
    { of: "throughput", to: "echo", pick: throughput, atLeast: 0.85, quick: { atLeast: 0.15 } },
    { of: "throughput", to: "naive", pick: throughput, atLeast: 5, quick: { atLeast: 1.5 } },
    { of: "CPU time for a message", to: "echo", pick: cpu, quick: { atMost: 4 } },
  ],
});

export const manyChats: Measurement = comparison({
  title: "Many chats",
  words: "50 chats, 4 in flight",
  quickOn: "on a RAM disk",
  load: { chats: 50, inFlight: 4, socketsEach: 1 },
  contestants: ALL,
  comparisons: [
    { of: "throughput", to: "naive", pick: throughput, atLeast: 3 },
    { of: "throughput", to: "socket.io", pick: throughput, atLeast: 3 },
    { of: "p99 latency", to: "naive", pick: p99, atMost: 0.1 },
    { of: "CPU time for a message", to: "echo", pick: cpu, quick: { atMost: 6 } },
  ],
});

export const onePair: Measurement = comparison({
  title: "One pair",
  words: "One pair, 1 in flight",
  load: { chats: 1, inFlight: 1, socketsEach: 1 },
  contestants: [...ALL, "duet-sdk"],
  comparisons: [{ of: "p50 latency", to: "naive", pick: p50, atMost: 1.1 }],
});

export const room: Measurement = comparison({
  title: "A room of 500 sockets",
  words: "A room of 500 sockets, one sender",
  load: { chats: 1, inFlight: 8, socketsEach: 250 },
  contestants: ALL,
  comparisons: [{ of: "deliveries", to: "echo", pick: ({ deliveries }) => deliveries, atLeast: 0.8 }],
});

function comparison({ title, words, load, contestants, comparisons, quickOn = "on disk" }: Options): Measurement {
  async function play(medium: Medium, isQuick: boolean, tell: (line: string) => void): Promise<Results> {
    const wanted = await contestantsOn(medium, isQuick ? QUICK_ONES : contestants);
    return withServers(medium, wanted, (servers) =>
      playRounds(servers, { ...load, ...(isQuick ? QUICK : FULL) }, isQuick ? ROUNDS.quick : ROUNDS.full, (line) =>
        tell(`${medium}, ${line}`),
      ),
    );
  }

  function figuresOf(results: Results, medium: Medium, isQuick: boolean): Figure[] {
    return comparisons.flatMap(({ of, to, pick, quick, ...aim }) => {
      if (!results.has(to) || (isQuick && !quick)) return [];
      const demanded = isQuick ? { ...quick, isGate: true } : medium === "on disk" ? aim : {};
      return [compare(`${words}, ${medium}: ${of}`, results, { to, pick, ...demanded })];
    });
  }

  async function run({ isQuick, tell }: Parameters<Measurement["run"]>[0]): Promise<Findings> {
    const figures: Figure[] = [];
    const notes: string[] = [];
    for (const medium of isQuick ? [quickOn] : MEDIA) {
      const results = await play(medium, isQuick, tell);
      figures.push(...figuresOf(results, medium, isQuick));
      notes.push(`${words}, ${medium}:\n\n${table(results)}`);
      const refused = refusals(results);
      if (refused > 0) notes.push(`Duet refused ${refused} messages for now, because too much waited for Postgres.`);
    }
    return { figures, notes };
  }

  return { title, run };
}

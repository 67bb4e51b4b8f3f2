/** Throughput and latency against load. */
import { type Measurement, median, type Plot } from "./figures.ts";
import { contestantsOn, type Load, playRounds, type Results, withServers } from "./load/rounds.ts";
import type { Contestant, LoadResult } from "./load/scenario.ts";
import { NAMES } from "./load/tables.ts";

const CONTESTANTS: Contestant[] = ["echo", "naive", "workers-chat", "socket.io", "duet"];
const TIMES = { warmUpMs: 500, measureMs: 1_500, socketsEach: 1 };
const ROUNDS = 1;

interface Sweep {
  name: string;
  label: string;
  steps: number[];
  at: (step: number) => Pick<Load, "chats" | "inFlight">;
}

const SWEEPS: Sweep[] = [
  {
    name: "in-flight",
    label: "messages in flight, in one chat",
    steps: [1, 4, 16, 32, 128],
    at: (inFlight) => ({ chats: 1, inFlight }),
  },
  {
    name: "chats",
    label: "chats, 4 messages in flight in each",
    steps: [1, 5, 20, 50, 200],
    at: (chats) => ({ chats, inFlight: 4 }),
  },
];
const MEASURES: { name: string; title: string; unit: string; pick: (result: LoadResult) => number }[] = [
  { name: "throughput", title: "Throughput", unit: "messages/s", pick: ({ throughput }) => throughput },
  { name: "p50", title: "Latency of the acknowledgement, p50", unit: "ms", pick: ({ ack }) => ack.p50 },
  { name: "p99", title: "Latency of the acknowledgement, p99", unit: "ms", pick: ({ ack }) => ack.p99 },
];

export const loadCurves: Measurement = {
  title: "Against load",
  async run({ isQuick, tell }) {
    if (isQuick) return { figures: [] };
    const plots = await withServers("on disk", await contestantsOn("on disk", CONTESTANTS), async (servers) => {
      const plots: Plot[] = [];
      for (const sweep of SWEEPS) {
        const results: { step: number; results: Results }[] = [];
        for (const step of sweep.steps) {
          tell(`${step} ${sweep.label}`);
          results.push({ step, results: await playRounds(servers, { ...TIMES, ...sweep.at(step) }, ROUNDS, tell) });
        }
        plots.push(...MEASURES.map((measure) => plot(sweep, measure, results)));
      }
      return plots;
    });
    return { figures: [], plots };
  },
};

function plot(
  sweep: Sweep,
  measure: (typeof MEASURES)[number],
  found: readonly { step: number; results: Results }[],
): Plot {
  const [first] = found;
  const contestants = first ? [...first.results.keys()] : [];
  return {
    file: `${sweep.name}-${measure.name}`,
    title: `${measure.title}, on disk`,
    x: { label: sweep.label, isLogarithmic: true },
    y: { label: measure.unit, isLogarithmic: true },
    lines: contestants.map((contestant) => ({
      name: NAMES[contestant],
      points: found.flatMap(({ step, results }) => {
        const rounds = results.get(contestant) ?? [];
        return rounds.length === 0 ? [] : [{ x: step, y: median(rounds.map(measure.pick)) }];
      }),
    })),
  };
}

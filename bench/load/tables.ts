/** What rounds came to, in words, figures and tables. */
import { type Figure, median } from "../figures.ts";
import { type Ratio, ratio, type Results } from "./rounds.ts";
import type { Contestant, LoadResult } from "./scenario.ts";

export const NAMES: Record<Contestant, string> = {
  echo: "echo",
  naive: "naive",
  "workers-chat": "workers-chat style",
  "socket.io": "Socket.IO + Postgres",
  duet: "Duet",
  "duet-sdk": "Duet through its SDK",
};

/** What is to be reached, against whom. */
export interface Aim {
  to: Contestant;
  pick: (result: LoadResult) => number;
  atLeast?: number;
  atMost?: number;
  isGate?: boolean;
}

/** A row that says how Duet compares; without `atLeast` and `atMost`, only that. */
export function compare(name: string, results: Results, { to, pick, atLeast, atMost, isGate = false }: Aim): Figure {
  const found = ratio(results, "duet", to, pick);
  const unit = `× ${NAMES[to]}`;
  const aim = atLeast !== undefined ? `≥${atLeast} ${unit}` : atMost !== undefined ? `≤${atMost} ${unit}` : "";
  const met = aim === "" ? undefined : found.median >= (atLeast ?? 0) && found.median <= (atMost ?? Infinity);
  return { name, aim, value: `${spread(found)} ${unit}`, met, isGate };
}

/** Of every contestant, the median of its rounds. */
export function table(results: Results): string {
  const rows = Array.from(results, ([contestant, rounds]) => {
    const of = (pick: (result: LoadResult) => number) => median(rounds.map(pick));
    const cells = [
      NAMES[contestant],
      Math.round(of(({ throughput }) => throughput)).toLocaleString("en"),
      Math.round(of(({ deliveries }) => deliveries)).toLocaleString("en"),
      `${number(of(({ ack }) => ack.p50))} / ${number(of(({ ack }) => ack.p99))}`,
      `${number(of(({ push }) => push.p50))} / ${number(of(({ push }) => push.p99))}`,
      percent(of(({ serverCpu }) => serverCpu)),
      percent(of(({ driverCpu }) => driverCpu)),
    ];
    return `| ${cells.join(" | ")} |`;
  });
  return [
    "| contestant | messages/s | deliveries/s | acknowledged, ms: p50 / p99 | at the other, ms: p50 / p99 | CPU of the server | CPU of the load |",
    "|---|---|---|---|---|---|---|",
    ...rows,
  ].join("\n");
}

/** How often messages had to be sent again because too much waited for Postgres. */
export function refusals(results: Results): number {
  return (results.get("duet") ?? []).reduce((sum, { refused }) => sum + refused, 0);
}

function spread({ median, low, high }: Ratio): string {
  return `${number(median)} (${number(low)}–${number(high)})`;
}

/** With two significant digits behind the point where they matter. */
export function number(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toPrecision(2);
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

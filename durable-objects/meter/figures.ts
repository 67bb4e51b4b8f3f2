/** Figures that can be added up: what one isolate has counted, or all of them together. */

export interface Figures {
  /** By series, as `seriesOf` names them. */
  values: Record<string, number>;
  /** By name of an endpoint: observations in each of BUCKETS_MS, then those above, then the sum of all in milliseconds. */
  latencies: Record<string, number[]>;
}

/** Upper bounds, in milliseconds: those that Prometheus takes by itself. */
export const BUCKETS_MS = [5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000];

export function noFigures(): Figures {
  return { values: {}, latencies: {} };
}

export function addFigures(sum: Figures, more: Figures): void {
  for (const [series, value] of Object.entries(more.values)) addValue(sum, series, value);
  for (const [endpoint, counts] of Object.entries(more.latencies)) {
    const known = sum.latencies[endpoint];
    // Another version of the Worker may have had other buckets: those can't be added, and start anew.
    const before = known?.length === counts.length ? known : [];
    sum.latencies[endpoint] = counts.map((count, index) => (before[index] ?? 0) + count);
  }
}

export function addValue({ values }: Figures, series: string, value: number): void {
  values[series] = (values[series] ?? 0) + value;
}

export function addLatency({ latencies }: Figures, endpoint: string, ms: number): void {
  const counts = (latencies[endpoint] ??= Array.from({ length: BUCKETS_MS.length + 2 }, () => 0));
  const index = BUCKETS_MS.findIndex((bound) => ms <= bound);
  const sumIndex = counts.length - 1;
  const bucket = index === -1 ? sumIndex - 1 : index;
  counts[bucket] = (counts[bucket] ?? 0) + 1;
  counts[sumIndex] = (counts[sumIndex] ?? 0) + ms;
}

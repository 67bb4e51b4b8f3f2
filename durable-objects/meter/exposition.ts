/**
 * Prometheus' text format, version 0.0.4 (https://prometheus.io/docs/instrumenting/exposition_formats/).
 *
 * Our own, because client libraries count in the memory of one process, and these figures come from a row.
 */
import { keysOf } from "../../protocol/keys-of.ts";
import { FAMILIES, familyOf, type FamilyName, seriesOf } from "./families.ts";
import { BUCKETS_MS, type Figures } from "./figures.ts";

export const CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

export function exposition(figures: Figures): string {
  return keysOf(FAMILIES)
    .flatMap((name) => {
      const { type, help } = familyOf(name);
      const samples = type === "histogram" ? histogram(name, figures) : plain(name, figures);
      return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...samples];
    })
    .map((line) => `${line}\n`)
    .join("");
}

function plain(name: FamilyName, { values }: Figures): string[] {
  const initial = familyOf(name).initial.map((labels) => seriesOf(name, labels));
  const counted = Object.keys(values).filter((series) => series === name || series.startsWith(`${name}{`));
  return [...new Set([...initial, ...counted])].toSorted().map((series) => `${series} ${values[series] ?? 0}`);
}

function histogram(name: FamilyName, { latencies }: Figures): string[] {
  return Object.keys(latencies)
    .toSorted()
    .flatMap((endpoint) => {
      const counts = latencies[endpoint] ?? [];
      let count = 0;
      const buckets = [...BUCKETS_MS, Infinity].map((bound, index) => {
        count += counts[index] ?? 0;
        const le = bound === Infinity ? "+Inf" : String(bound / 1_000);
        return `${name}_bucket{endpoint="${endpoint}",le="${le}"} ${count}`;
      });
      const labels = `{endpoint="${endpoint}"}`;
      return [...buckets, `${name}_sum${labels} ${(counts.at(-1) ?? 0) / 1_000}`, `${name}_count${labels} ${count}`];
    });
}

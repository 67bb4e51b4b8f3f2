/** What a measurement hands to the report. */

/** A row of the report's table. */
export interface Figure {
  /** What was measured, and how: "50 chats, 4 in flight, on disk: throughput". */
  name: string;
  /** As the table shows it: "≥3 × naive". A figure without an aim is only reported. */
  aim: string;
  /** With its unit, and its spread where it was repeated: "4.1 × naive (3.9–4.4)". */
  value: string;
  /** Undefined where there is no aim. */
  met: boolean | undefined;
  /** Whether the quick mode fails when it is not met. */
  isGate?: boolean;
}

/** A plot, with one line for each contestant. */
export interface Plot {
  /** Of the file below docs/performance, without its ending. */
  file: string;
  title: string;
  x: { label: string; isLogarithmic: boolean };
  y: { label: string; isLogarithmic: boolean };
  lines: { name: string; points: { x: number; y: number }[] }[];
}

export interface Findings {
  figures: Figure[];
  plots?: Plot[];
  /** Paragraphs or tables of Markdown that go below the table, under the measurement's title. */
  notes?: string[];
}

export interface Measurement {
  title: string;
  /**
   * @param options - `isQuick`: the short form that runs in `npm run verify`; `tell` shows progress, one line at a time
   */
  run(options: { isQuick: boolean; tell: (line: string) => void }): Promise<Findings>;
}

/** @throws RangeError for an empty list */
export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/**
 * @param share - between 0 and 1
 * @throws RangeError for an empty list
 */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const value = sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  if (value === undefined) throw new RangeError("No value has no percentile.");
  return value;
}

/** What this isolate has counted since its last report. Counting is an addition in memory: nothing waits for it. */
import type { ErrorCode } from "../../protocol/errors.ts";
import { errorSeries } from "./families.ts";
import { addLatency, addValue, type Figures, noFigures } from "./figures.ts";

class Tally {
  #figures = noFigures();
  #isEmpty = true;

  /** @param events - that Postgres has now, each with its target if it is a change */
  archived(events: readonly { target: number | null }[]): void {
    const changes = events.filter(({ target }) => target !== null).length;
    this.#add("duet_messages_total", events.length - changes);
    this.#add("duet_message_changes_total", changes);
  }

  failed(via: "http" | "socket", code: ErrorCode): void {
    this.#add(errorSeries(via, code), 1);
  }

  answered(endpoint: string, ms: number): void {
    addLatency(this.#figures, endpoint, ms);
    this.#isEmpty = false;
  }

  #add(series: string, count: number): void {
    if (count === 0) return;
    addValue(this.#figures, series, count);
    this.#isEmpty = false;
  }

  /** @returns what was counted since the last call; undefined for nothing */
  take(): Figures | undefined {
    if (this.#isEmpty) return undefined;
    const figures = this.#figures;
    this.#figures = noFigures();
    this.#isEmpty = true;
    return figures;
  }
}

/** One for all objects and requests of the isolate: whichever reports first takes along what the others counted. */
export const tally = new Tally();

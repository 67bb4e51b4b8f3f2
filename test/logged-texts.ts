import type { LoggedText } from "../drizzle/archive.ts";
import type { LoggedEvent } from "../protocol/frames.ts";

/** Events as an object's log holds them. */
export function toTexts(events: readonly LoggedEvent[]): LoggedText[] {
  return events.map((event) => ({
    seq: event.seq,
    target: event.type === "message" ? null : event.target,
    frame: JSON.stringify(event),
  }));
}

/** The loaded part of a conversation's log, folded into messages. Pure: every function returns a new Log. */
import type { LoggedEvent } from "../protocol/frames.ts";
import type { HistoryData } from "../protocol/http.ts";
import type { OpaqueEvent } from "./incoming.ts";
import { applyChange, toTranscriptMessage, type TranscriptMessage } from "../protocol/transcript.ts";

type Change = Exclude<LoggedEvent, { type: "message" }>;

/** Everything from the first of `messages` up to `head`, without a gap. */
export interface Log {
  readonly epoch: string;
  readonly head: number;
  /** Oldest first. */
  readonly messages: readonly TranscriptMessage[];
  /** `before` of the next older page; null when the first message is here. */
  readonly olderCursor: string | null;
  /** Changes to messages further back: an older page may have been read before them. */
  readonly unplaced: readonly Change[];
}

/** Starts a log with its newest page. */
export function fromPage({ epoch, head, messages, nextCursor }: HistoryData): Log {
  return { epoch, head, messages: messages.toReversed(), olderCursor: nextCursor, unplaced: [] };
}

/** Adds the event that follows `head`. */
export function append(log: Log, event: LoggedEvent | OpaqueEvent): Log {
  const head = event.seq;
  if (event.type === "opaque") return { ...log, head };
  if (event.type === "message") return { ...log, head, messages: [...log.messages, toTranscriptMessage(event)] };
  const index = indexOf(log.messages, event.target);
  const target = log.messages[index];
  if (!target) return { ...log, head, unplaced: [...log.unplaced, event] };
  return { ...log, head, messages: log.messages.with(index, applyChange(target, event)) };
}

/** Adds the page at `olderCursor`. The page may have been read before or after what the log has seen since. */
export function prepend(log: Log, page: HistoryData): Log {
  let messages = page.messages.toReversed();
  const unplaced: Change[] = [];
  for (const change of log.unplaced) {
    const index = indexOf(messages, change.target);
    const target = messages[index];
    if (!target) unplaced.push(change);
    else if (change.seq > page.head) messages = messages.with(index, applyChange(target, change));
  }
  return { ...log, messages: [...messages, ...log.messages], olderCursor: page.nextCursor, unplaced };
}

/** Whether every message after `seq` is loaded. */
export function reachesBack(log: Log, seq: number): boolean {
  return log.olderCursor === null || (log.messages[0]?.seq ?? Infinity) <= seq + 1;
}

/** Binary search; -1 where there is no message with this seq. */
function indexOf(messages: readonly TranscriptMessage[], seq: number): number {
  let low = 0;
  let high = messages.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const found = messages[middle]?.seq ?? 0;
    if (found === seq) return middle;
    if (found < seq) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

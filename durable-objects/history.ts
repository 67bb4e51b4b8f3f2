/** Pages of messages as they stand: from the log as far as it reaches, from Postgres before that. */
import { DuetError } from "../protocol/errors.ts";
import type { LoggedEvent } from "../protocol/frames.ts";
import { applyChange, toTranscriptMessage, type TranscriptMessage } from "../protocol/transcript.ts";
import type { EventLog } from "./event-log.ts";
import type { Parts } from "./parts.ts";

export interface Page {
  /** Newest first. */
  messages: TranscriptMessage[];
  /** `before` of the next older page, or null. */
  nextCursor: string | null;
}

/** Reads messages before a seq from Postgres, newest first. */
export type ReadArchive = (before: number, limit: number) => Promise<TranscriptMessage[]>;

/**
 * A page for somebody who asked, and which log it reflects up to where.
 *
 * @param before - see `readPage`; undefined for the newest page
 * @throws DuetError `TOO_FAST`, and what `readPage` throws
 */
export async function readHistory(parts: Parts, name: string, before: number | undefined, limit: number) {
  const { log, record, pagesRate, readFromArchive } = parts;
  if (pagesRate.take(name) !== "pass") throw new DuetError("TOO_FAST");
  // Before the page is read: changes that are on it and come over the socket again do no harm, missing ones would.
  const { head } = log;
  const page = await readPage(log, readFromArchive, before ?? Infinity, limit);
  return { ...page, epoch: record.epoch, head };
}

/**
 * @param before - messages with a lower seq; Infinity for the newest page
 * @param limit - messages on the page
 * @throws what `readArchive` throws, when the page reaches further back than the log
 */
export async function readPage(log: EventLog, readArchive: ReadArchive, before: number, limit: number): Promise<Page> {
  // One more than asked for tells whether there is a further page.
  const wanted = limit + 1;
  const logged = log.messagesBefore(Math.min(before, log.head + 1), wanted).flatMap(asMessage);
  const missing = wanted - logged.length;
  const archived = missing > 0 && log.first > 1 ? await readArchive(Math.min(before, log.first), missing) : [];
  const found = [...logged, ...archived];
  const messages = found.slice(0, limit);
  const last = messages.at(-1);
  return {
    messages: withChanges(messages, log),
    nextCursor: found.length > limit && last ? String(last.seq) : null,
  };
}

function asMessage(event: LoggedEvent): TranscriptMessage[] {
  return event.type === "message" ? [toTranscriptMessage(event)] : [];
}

/** Postgres may lag behind; applying again what it has already changes nothing. */
function withChanges(messages: TranscriptMessage[], log: EventLog): TranscriptMessage[] {
  const newest = messages[0]?.seq ?? 0;
  const oldest = messages.at(-1)?.seq ?? 0;
  const bySeq = new Map(messages.map((message) => [message.seq, message]));
  for (const change of log.changesTo(oldest, newest)) {
    if (change.type === "message") continue;
    const message = bySeq.get(change.target);
    if (message) bySeq.set(change.target, applyChange(message, change));
  }
  return [...bySeq.values()];
}

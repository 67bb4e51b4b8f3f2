/**
 * Says what differs between what people were told and what is stored.
 *
 * acknowledged ⊆ object's log ⊆ Postgres; `seq` grows by one; an id is in the log once; every view is the log, folded.
 */
import type { LoggedEvent } from "../../protocol/frames.ts";
import { applyChange, toTranscriptMessage, TranscriptMessage } from "../../protocol/transcript.ts";
import type { ViewMessage } from "../../client/index.ts";
import type { Ack } from "./recorder.ts";

/** A row of the object's table of events. */
export interface LogRow {
  seq: number;
  sender: string;
  id: string;
  event: LoggedEvent;
}

export interface Witness {
  name: string;
  /** Ids of the messages that this person wrote, in the order of writing; all of them are expected to be stored. */
  said?: readonly string[];
  /** All of the view, back to the first message. */
  messages: readonly ViewMessage[];
  acks: readonly Ack[];
  /** What was pushed or replayed to this client. */
  events: readonly LoggedEvent[];
}

export interface Evidence {
  /** What the object keeps, oldest first. */
  log: readonly LogRow[];
  /** What Postgres has, oldest first. */
  archive: readonly TranscriptMessage[];
  witnesses: readonly Witness[];
}

/** @returns the first difference, in one line, or undefined when there is none */
export function findDifference(evidence: Evidence): string | undefined {
  const { log, archive, witnesses } = evidence;
  const truth = fold(log, archive);
  return (
    gapIn(log) ??
    repeatedIn(log) ??
    differing("Postgres", archive, truth) ??
    firstOf(witnesses, (witness) => misplaced(witness, truth)) ??
    firstOf(witnesses, (witness) => unstored(witness, log, archive)) ??
    firstOf(witnesses, ({ name, messages }) => differing(`${name}'s view`, messages.map(toTranscript), truth))
  );
}

/** The messages as the log tells them; those that the log has given up to Postgres, as Postgres has them. */
function fold(log: readonly LogRow[], archive: readonly TranscriptMessage[]): TranscriptMessage[] {
  const first = log[0]?.seq ?? Infinity;
  const messages = new Map(archive.filter(({ seq }) => seq < first).map((message) => [message.seq, message]));
  for (const { event } of log) {
    if (event.type === "message") {
      messages.set(event.seq, toTranscriptMessage(event));
      continue;
    }
    const target = messages.get(event.target);
    if (target) messages.set(event.target, applyChange(target, event));
  }
  return [...messages.values()];
}

export interface Losses {
  lost: number;
  duplicated: number;
  outOfOrder: number;
}

/** What became of the messages that somebody wrote. */
export function countLosses({ name, said = [] }: Witness, stored: readonly TranscriptMessage[]): Losses {
  const ids = stored.flatMap(({ id, sender }) => (sender === name ? [id] : []));
  const places = new Map(ids.map((id, index) => [id, index]));
  const found = said.flatMap((id) => places.get(id) ?? []);
  return {
    lost: said.length - found.length,
    duplicated: ids.length - places.size,
    outOfOrder: found.filter((place, index) => index > 0 && place < (found[index - 1] ?? 0)).length,
  };
}

function misplaced(witness: Witness, truth: readonly TranscriptMessage[]): string | undefined {
  const { lost, duplicated, outOfOrder } = countLosses(witness, truth);
  if (lost + duplicated + outOfOrder === 0) return undefined;
  return `${witness.name}'s messages: ${lost} lost, ${duplicated} duplicated, ${outOfOrder} out of order.`;
}

function gapIn(log: readonly LogRow[]): string | undefined {
  const index = log.findIndex(({ seq }, at) => at > 0 && seq !== (log[at - 1]?.seq ?? 0) + 1);
  return index < 0 ? undefined : `The log goes from seq ${log[index - 1]?.seq} to ${log[index]?.seq}.`;
}

function repeatedIn(log: readonly LogRow[]): string | undefined {
  const seen = new Map<string, number>();
  for (const { sender, id, seq } of log) {
    const before = seen.get(`${sender}\n${id}`);
    if (before !== undefined) return `The log has ${sender}'s id ${id} at seq ${before} and at ${seq}.`;
    seen.set(`${sender}\n${id}`, seq);
  }
  return undefined;
}

/** What a client was told of and the log does not have. */
function unstored(
  { name, acks, events }: Witness,
  log: readonly LogRow[],
  archive: readonly TranscriptMessage[],
): string | undefined {
  const first = log[0]?.seq ?? Infinity;
  const rows = new Map(log.map((row) => [row.seq, row]));
  const archived = new Map(archive.map((message) => [message.seq, message]));
  for (const { id, seq } of acks) {
    // A change that the log has given up can't be told from another one any more; a message can.
    const stored = seq < first ? (archived.get(seq) ?? { id, sender: name }) : rows.get(seq);
    if (stored?.id !== id || stored.sender !== name)
      return `${name}'s ${id}, acknowledged as seq ${seq}, is not there.`;
  }
  for (const { seq, type, sender } of events) {
    const stored = rows.get(seq)?.event;
    const isStored = seq < first || (stored?.type === type && stored.sender === sender);
    if (!isStored) return `${name} was pushed a ${type} of ${sender} as seq ${seq}, which the log does not have.`;
  }
  return undefined;
}

function differing(
  whose: string,
  found: readonly TranscriptMessage[],
  truth: readonly TranscriptMessage[],
): string | undefined {
  const length = Math.max(found.length, truth.length);
  for (let index = 0; index < length; index += 1) {
    const [is, should] = [found[index], truth[index]].map((message) => (message ? canonical(message) : "nothing"));
    if (is !== should) return `${whose}, message ${index + 1} of ${truth.length}: ${is} instead of ${should}.`;
  }
  return undefined;
}

/** A view's message without what only a view has. One that is not stored has no seq, and shows as a difference. */
function toTranscript({ seq = 0, ...message }: ViewMessage): TranscriptMessage {
  return TranscriptMessage.parse({ ...message, seq: seq === 0 ? Number.MAX_SAFE_INTEGER : seq });
}

/** Text that is equal for equal messages, in whatever order their fields are. */
function canonical(message: TranscriptMessage): string {
  return JSON.stringify(sorted({ ...message, reactions: sorted(message.reactions) }));
}

function sorted(object: object): object {
  return Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function firstOf<T>(things: readonly T[], find: (thing: T) => string | undefined): string | undefined {
  for (const thing of things) {
    const found = find(thing);
    if (found !== undefined) return found;
  }
  return undefined;
}

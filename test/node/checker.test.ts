/** The checker of faults and of the model: what it must find, it finds. One that says nothing would let all pass. */
import { expect, it } from "vitest";
import type { ViewMessage } from "../../client/index.ts";
import type { LoggedEvent } from "../../protocol/frames.ts";
import { applyChange, toTranscriptMessage, type TranscriptMessage } from "../../protocol/transcript.ts";
import { countLosses, type Evidence, findDifference, type LogRow, type Witness } from "../faults/checker.ts";

/** A good run: Abhi's a and c, Anny's b, an edit of a, and Anny's 👍 for it. */
const FIRST = message(1, "Abhi", "a");
const SECOND = message(2, "Anny", "b");
const EDIT: LoggedEvent = { type: "edited", seq: 3, target: 1, sender: "Abhi", body: "a, edited", at: 3 };
const REACTION: LoggedEvent = { type: "reaction", seq: 4, target: 1, sender: "Anny", emoji: "👍", at: 4 };
const THIRD = message(5, "Abhi", "c");
const EVENTS: LoggedEvent[] = [FIRST, SECOND, EDIT, REACTION, THIRD];
const LOG = [row(FIRST, "a"), row(SECOND, "b"), row(EDIT, "edit"), row(REACTION, "reaction"), row(THIRD, "c")];
const EDITED = applyChange(applyChange(toTranscriptMessage(FIRST), EDIT), REACTION);
const ARCHIVE = [EDITED, toTranscriptMessage(SECOND), toTranscriptMessage(THIRD)];
const ABHI = witness({
  name: "Abhi",
  said: ["a", "c"],
  acks: [
    { id: "a", seq: 1 },
    { id: "edit", seq: 3 },
    { id: "c", seq: 5 },
  ],
});
const ANNY = witness({ name: "Anny", said: ["b"], acks: [{ id: "b", seq: 2 }] });

function message(seq: number, sender: string, id: string): LoggedEvent & { type: "message" } {
  return { type: "message", seq, id, sender, body: id, at: seq };
}

function row(event: LoggedEvent, id: string): LogRow {
  return { seq: event.seq, sender: event.sender, id, event };
}

function shown(message: TranscriptMessage): ViewMessage {
  return { ...message, key: message.id, mine: false, state: "received" };
}

function witness(parts: Pick<Witness, "name"> & Partial<Witness>): Witness {
  return { messages: ARCHIVE.map(shown), acks: [], events: EVENTS, ...parts };
}

/** What the checker says of the good run with something else in it. */
function check(change: Partial<Evidence>): string | undefined {
  return findDifference({ log: LOG, archive: ARCHIVE, witnesses: [ABHI, ANNY], ...change });
}

/** The good run, of which log and Postgres agree that there were these messages instead, and both people see them. */
function checkMessages(...messages: (LoggedEvent & { type: "message" })[]): string | undefined {
  const archive = messages.map(toTranscriptMessage);
  const views = { messages: archive.map(shown), events: messages, acks: [] };
  const log = messages.map((event) => row(event, event.id));
  return check({
    log,
    archive,
    witnesses: [
      { ...ABHI, ...views },
      { ...ANNY, ...views },
    ],
  });
}

it("[ORDER-11] the checker finds no difference in a run without any, nor where the log was given up to Postgres", () => {
  expect(check({})).toBeUndefined();
  expect(check({ log: LOG.slice(4) })).toBeUndefined();
  expect(checkMessages(FIRST, SECOND, message(3, "Abhi", "c"))).toBeUndefined();
});

it("[OUTBOX-4] control: the checker finds what was lost", () => {
  expect(checkMessages(FIRST, SECOND)).toBe("Abhi's messages: 1 lost, 0 duplicated, 0 out of order.");
});

it("[SEND-3] control: the checker finds what was duplicated, in the log and where it counts", () => {
  const again = message(3, "Abhi", "a");
  expect(checkMessages(FIRST, SECOND, again, message(4, "Abhi", "c"))).toBe(
    "The log has Abhi's id a at seq 1 and at 3.",
  );
  const stored = [FIRST, again].map(toTranscriptMessage);
  expect(countLosses({ ...ABHI, said: ["a"] }, stored)).toEqual({ lost: 0, duplicated: 1, outOfOrder: 0 });
});

it("[OUTBOX-1] control: the checker finds what is not in its author's order", () => {
  expect(checkMessages(message(1, "Abhi", "c"), SECOND, message(3, "Abhi", "a"))).toBe(
    "Abhi's messages: 0 lost, 0 duplicated, 1 out of order.",
  );
});

it("[ORDER-1] control: the checker finds a gap in seq, and a seq that is there twice", () => {
  expect(check({ log: LOG.filter(({ seq }) => seq !== 4) })).toBe("The log goes from seq 3 to 5.");
  expect(check({ log: [...LOG, row(THIRD, "d")] })).toBe("The log goes from seq 5 to 5.");
});

it("[ARCH-2] control: the checker finds what Postgres lacks, has otherwise, or has more of", () => {
  const [first, ...rest] = ARCHIVE;
  expect(check({ archive: ARCHIVE.slice(0, 2) })).toMatch(/^Postgres, message 3 of 3: nothing instead of \{.*"id":"c"/);
  expect(check({ archive: [toTranscriptMessage(FIRST), ...rest] })).toMatch(/^Postgres, message 1 of 3: .*👍/);
  const more = toTranscriptMessage(message(6, "Anny", "d"));
  expect(check({ archive: [...ARCHIVE, more] })).toMatch(
    /^Postgres, message 4 of 3: \{.*"id":"d".* instead of nothing/,
  );
  expect(first && check({ archive: [{ ...first, sender: "Anny" }, ...rest] })).toMatch(/^Postgres, message 1 of 3/);
});

it("[SEND-1] control: the checker finds what was acknowledged, or pushed, and is not in the log", () => {
  const acks = [...ABHI.acks, { id: "d", seq: 6 }];
  expect(check({ witnesses: [{ ...ABHI, acks }, ANNY] })).toBe("Abhi's d, acknowledged as seq 6, is not there.");
  const elsewhere = [{ id: "a", seq: 2 }];
  expect(check({ witnesses: [{ ...ABHI, acks: elsewhere }, ANNY] })).toBe(
    "Abhi's a, acknowledged as seq 2, is not there.",
  );
  const lost = [{ id: "z", seq: 2 }];
  expect(check({ log: LOG.slice(4), witnesses: [ABHI, { ...ANNY, acks: lost }] })).toBe(
    "Anny's z, acknowledged as seq 2, is not there.",
  );
  const events = [...EVENTS, message(6, "Abhi", "d")];
  expect(check({ witnesses: [ABHI, { ...ANNY, events }] })).toBe(
    "Anny was pushed a message of Abhi as seq 6, which the log does not have.",
  );
  const other: LoggedEvent = { ...EDIT, type: "deleted" };
  expect(check({ witnesses: [ABHI, { ...ANNY, events: [other] }] })).toBe(
    "Anny was pushed a deleted of Abhi as seq 3, which the log does not have.",
  );
});

it("[ORDER-11] control: the checker finds a view that is not the log, folded", () => {
  const [first, second, third] = ARCHIVE.map(shown);
  const see = (...messages: (ViewMessage | undefined)[]) =>
    check({ witnesses: [ABHI, { ...ANNY, messages: messages.filter((one) => one !== undefined) }] });
  expect(see(first, second, third)).toBeUndefined();
  expect(see(first, second)).toMatch(/^Anny's view, message 3 of 3: nothing instead of/);
  expect(see(first, third, second)).toMatch(/^Anny's view, message 2 of 3: \{.*"id":"c".* instead of \{.*"id":"b"/);
  expect(see(first, second, third, third)).toMatch(/^Anny's view, message 4 of 3: .* instead of nothing/);
  expect(see(shown(toTranscriptMessage(FIRST)), second, third)).toMatch(/^Anny's view, message 1 of 3/);
  expect(third && see(first, second, { ...third, seq: undefined })).toMatch(/^Anny's view, message 3 of 3/);
});

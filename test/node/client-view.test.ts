import { expect, test } from "vitest";
import { append, fromPage } from "../../client/log.ts";
import { MessageList } from "../../client/view.ts";
import type { Member } from "../../protocol/frames.ts";
import { toTranscriptMessage } from "../../protocol/transcript.ts";

const member = (name: string, readSeq = 0, deliveredSeq = 0): Member => ({
  name,
  online: true,
  lastSeen: null,
  readSeq,
  deliveredSeq,
});

const message = (seq: number, sender = "Anny") =>
  ({ type: "message", seq, id: `m-${seq}`, sender, body: `${seq}`, at: seq }) as const;

/** A log of `count` messages. */
function logOf(count: number, sender?: string) {
  const messages = Array.from({ length: count }, (_, index) => toTranscriptMessage(message(count - index, sender)));
  return fromPage({ epoch: "e", head: count, messages, nextCursor: null });
}

test("[VIEW-1] of 10,000 messages keeps every object but that of the message that changed", () => {
  const list = new MessageList();
  const log = logOf(10_000);
  const rest = { pending: [], members: [member("Abhi"), member("Anny")], self: "Abhi" };
  const before = list.make({ log, ...rest });
  expect(list.make({ log: { ...log }, ...rest, members: [member("Abhi", 5), member("Anny")] })).toBe(before);
  const appended = list.make({ log: append(log, message(10_001)), ...rest });
  expect(appended).toHaveLength(10_001);
  expect(appended.slice(0, -1).every((shown, index) => shown === before[index])).toBe(true);
  const edited = list.make({
    log: append(log, { type: "edited", seq: 10_001, target: 5_000, sender: "Anny", body: "new", at: 1 }),
    ...rest,
  });
  expect(edited.filter((shown, index) => shown !== before[index]).map(({ seq }) => seq)).toEqual([5_000]);
});

test("[SEND-11] a message is delivered, or read, when every other member has it, and never just because there is none", () => {
  const log = logOf(3, "Abhi");
  const states = (members: Member[]) =>
    new MessageList().make({ log, pending: [], members, self: "Abhi" }).map(({ state }) => state);
  expect(states([member("Abhi", 3, 3)])).toEqual(["sent", "sent", "sent"]);
  expect(states([member("Abhi"), member("Anny", 1, 2)])).toEqual(["read", "delivered", "sent"]);
  expect(states([member("Abhi"), member("Anny", 3, 3), member("Ben", 0, 1)])).toEqual(["delivered", "sent", "sent"]);
  // What was read has arrived, whatever the other mark says.
  expect(states([member("Abhi"), member("Anny", 2, 0)])).toEqual(["read", "read", "sent"]);
});

test("[VIEW-3] keys are unique even when somebody repeats the id of another's message", () => {
  const log = append(append(logOf(0), message(1, "Abhi")), { ...message(2, "Anny"), id: "m-1" });
  const members = [member("Abhi"), member("Anny")];
  const shown = new MessageList().make({ log, pending: [], members, self: "Abhi" });
  expect(shown.map(({ key, mine }) => [key, mine])).toEqual([
    ["m-1", true],
    ["#2", false],
  ]);
});

/** The checker of conversations between accounts: what it must find, it finds. */
import { expect, it } from "vitest";
import type { ViewMessage } from "../../client/index.ts";
import type { LoggedEvent } from "../../protocol/frames.ts";
import { toTranscriptMessage } from "../../protocol/transcript.ts";
import { type ConversationEvidence, type DeviceWitness, findAccountDifference } from "../faults/account-checker.ts";

/** A good run: Alice's a and c, Bob's b; Carol was removed after a. */
const EVENTS = [message(1, "alice", "a"), message(2, "bob", "b"), message(3, "alice", "c")];
const MESSAGES = EVENTS.map(toTranscriptMessage);
const ROLES = { alice: "owner", bob: "member" };
const DEVICES = [witness("alice", "Alice's phone"), witness("alice", "Alice's tablet"), witness("bob", "Bob's phone")];
/** Carol's removal was answered between the first message and the second. */
const ABSENCE = { accountId: "carol", from: 1, to: 5 };

function message(seq: number, sender: string, id: string): LoggedEvent & { type: "message" } {
  return { type: "message", seq, id, sender, body: id, at: seq };
}

function witness(name: string, device: string): DeviceWitness {
  const messages = MESSAGES.map((each): ViewMessage => ({ ...each, key: each.id, mine: false, state: "received" }));
  return { name, device, roles: ROLES, messages, acks: [], events: EVENTS };
}

/** What the checker says of the good run with something else in it. */
function check(change: Partial<ConversationEvidence>): string | undefined {
  return findAccountDifference({
    id: "group",
    log: EVENTS.map((event) => ({ seq: event.seq, sender: event.sender, id: event.id, event })),
    archive: MESSAGES,
    witnesses: DEVICES,
    expected: ROLES,
    roles: ROLES,
    archivedRoles: ROLES,
    absences: [ABSENCE],
    heardBy: () => EVENTS.slice(0, 1).map((event) => ({ event, at: event.at })),
    ...change,
  });
}

it("[ORDER-11] the checker finds no difference in a run of several devices without any", () => {
  expect(check({})).toBeUndefined();
  // What was said meanwhile is heard by who is a member again.
  expect(check({ heardBy: () => EVENTS.map((event) => ({ event, at: 6 })) })).toBeUndefined();
});

it("[MEMB-3] control: the checker finds what was heard after a removal", () => {
  const heardBy = (id: string) => (id === "carol" ? EVENTS.map((event) => ({ event, at: event.at + 1 })) : []);
  expect(check({ heardBy })).toBe("group: carol heard of seq 2, 1 ms after their removal");
});

it("[MEMB-1] control: the checker finds a member too many, too few or in another role, wherever that is", () => {
  const others = { alice: "admin", bob: "owner" };
  expect(check({ roles: others })).toMatch(/^group: The object has the members .*admin.* instead of/);
  expect(check({ archivedRoles: { ...ROLES, carol: "member" } })).toMatch(/^group: Postgres has the members .*carol/);
  const [first, ...rest] = DEVICES;
  expect(first && check({ witnesses: [{ ...first, roles: { alice: "owner" } }, ...rest] })).toMatch(
    /^group: Alice's phone has the members/,
  );
  expect(check({ witnesses: DEVICES.slice(0, 2) })).toBe("group: no device of bob has it open");
});

it("[ORDER-11] control: the checker finds the one device among several whose view is another", () => {
  const [first, second, third] = DEVICES;
  if (!first || !second || !third) throw new Error("There are three.");
  const blind = { ...second, messages: second.messages.slice(0, 2) };
  expect(check({ witnesses: [first, blind, third] })).toMatch(
    /^group: alice's view, message 3 of 3: nothing instead of/,
  );
  const acks = [{ id: "z", seq: 2 }];
  expect(check({ witnesses: [first, second, { ...third, acks }] })).toBe(
    "group: bob's z, acknowledged as seq 2, is not there.",
  );
});

/** Changes to the list of members. Pure; the same list comes back when nothing changed. */
import type { Member, ServerFrame } from "../protocol/frames.ts";
import { hasFields } from "./equality.ts";

export function withPresence(
  members: readonly Member[],
  { name, online, lastSeen }: ServerFrame & { type: "presence" },
): readonly Member[] {
  return update(members, name, { online, lastSeen });
}

/** Marks only rise: frames of two moments may arrive in either order. */
export function withReceipt(
  members: readonly Member[],
  { name, readSeq, deliveredSeq }: ServerFrame & { type: "receipt" },
): readonly Member[] {
  const member = members.find((known) => known.name === name);
  if (!member) return members;
  return update(members, name, {
    readSeq: Math.max(member.readSeq, readSeq),
    deliveredSeq: Math.max(member.deliveredSeq, deliveredSeq),
  });
}

/** The highest `seq` that all the others have received, and read: 0 when there are no others. */
export function marksOfOthers(members: readonly Member[], self: string): { read: number; delivered: number } {
  const others = members.filter(({ name }) => name !== self);
  if (others.length === 0) return { read: 0, delivered: 0 };
  return {
    read: Math.min(...others.map(({ readSeq }) => readSeq)),
    delivered: Math.min(...others.map(({ readSeq, deliveredSeq }) => Math.max(readSeq, deliveredSeq))),
  };
}

function update(members: readonly Member[], name: string, change: Partial<Member>): readonly Member[] {
  const changes = members.some((member) => member.name === name && !hasFields(member, change));
  return changes ? members.map((member) => (member.name === name ? { ...member, ...change } : member)) : members;
}

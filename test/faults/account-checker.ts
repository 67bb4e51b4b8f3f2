/**
 * Says what differs between what the devices of accounts were told and what is stored: for each conversation what
 * checker.ts says of it, and besides: members and roles are those that were answered, in the object, in Postgres and in
 * every view; whoever was removed heard nothing that was said while they were out.
 */
import { type Evidence, findDifference, type Witness } from "./checker.ts";
import type { Hearing } from "./device.ts";

/** By account id. */
export type Roles = Readonly<Record<string, string>>;

export interface DeviceWitness extends Witness {
  /** Of the device: `name` is its account's id. */
  device: string;
  roles: Roles;
}

/** That somebody was not a member, from the answer to their removal to the moment when they were asked back. */
export interface Absence {
  accountId: string;
  /** Milliseconds since 1970. */
  from: number;
  to: number;
}

export interface ConversationEvidence extends Omit<Evidence, "witnesses"> {
  id: string;
  /** As answers said. */
  expected: Roles;
  /** As the object has them, and as Postgres has them. */
  roles: Roles;
  archivedRoles: Roles;
  /** Devices of members. */
  witnesses: readonly DeviceWitness[];
  absences: readonly Absence[];
  /** What all devices of an account heard, whether it is a member or not. */
  heardBy: (accountId: string) => readonly Hearing[];
}

/** @returns the first difference, in one line, or undefined when there is none */
export function findAccountDifference(evidence: ConversationEvidence): string | undefined {
  const difference =
    differingRoles("The object", evidence.roles, evidence.expected) ??
    differingRoles("Postgres", evidence.archivedRoles, evidence.expected) ??
    findDifference(evidence) ??
    witnessed(evidence) ??
    overheard(evidence);
  return difference && `${evidence.id}: ${difference}`;
}

function witnessed({ witnesses, expected }: ConversationEvidence): string | undefined {
  const accounts = new Set(witnesses.map(({ name }) => name));
  const blind = Object.keys(expected).find((id) => !accounts.has(id));
  if (blind !== undefined) return `no device of ${blind} has it open`;
  for (const { device, roles } of witnesses) {
    const difference = differingRoles(device, roles, expected);
    if (difference !== undefined) return difference;
  }
  return undefined;
}

/** An event that was stored after the answer to a removal, and heard before its object was asked back. */
function overheard({ absences, heardBy }: ConversationEvidence): string | undefined {
  for (const { accountId, from, to } of absences) {
    const found = heardBy(accountId).find(({ event, at }) => event.at > from && at < to);
    if (found) return `${accountId} heard of seq ${found.event.seq}, ${found.event.at - from} ms after their removal`;
  }
  return undefined;
}

function differingRoles(whose: string, found: Roles, expected: Roles): string | undefined {
  const [is, should] = [found, expected].map((roles) => JSON.stringify(Object.entries(roles).map(String).toSorted()));
  return is === should ? undefined : `${whose} has the members ${is} instead of ${should}`;
}

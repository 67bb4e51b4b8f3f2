/** Who joins, leaves and becomes what. Asks the table of permissions, and says whose Inbox is to be told. */
import { DuetError } from "../../protocol/errors.ts";
import { type Action, isAllowed, type Role } from "../../protocol/platform/permissions.ts";
import type { Parts } from "../parts.ts";
import type { AccountParts } from "./account-parts.ts";
import type { Profile } from "./membership.ts";
import type { MembershipChange } from "./tellings.ts";

export class Roster {
  readonly #parts: Parts;
  readonly #account: AccountParts;

  constructor(parts: Parts, account: AccountParts) {
    this.#parts = parts;
    this.#account = account;
  }

  /**
   * @param guest - who is to come in, and is no member yet
   * @returns the role that the caller has
   * @throws DuetError `CONVERSATION_UNKNOWN` for whoever does not belong here, `NOT_ALLOWED`, `ALREADY_MEMBER`
   */
  require(caller: string, action: Action, guest?: string): Role {
    const { membership, details } = this.#account;
    const role = membership.roleOf(caller);
    if (!role) throw new DuetError("CONVERSATION_UNKNOWN");
    if (!isAllowed(action, details.kind, role)) throw new DuetError("NOT_ALLOWED");
    if (guest !== undefined && membership.roleOf(guest)) throw new DuetError("ALREADY_MEMBER");
    return role;
  }

  /**
   * Those who are members already stay what they are.
   *
   * @param invitedAt - of the invite that they come by, in milliseconds since 1970: it lets nobody in twice, however
   *   they came in meanwhile
   * @throws DuetError `CONVERSATION_UNKNOWN`, `NOT_ALLOWED`, `CONVERSATION_FULL`
   */
  add(caller: string, profiles: readonly Profile[], invitedAt = Infinity): MembershipChange[] {
    this.require(caller, "add");
    const { membership } = this.#account;
    if (profiles.some(({ id }) => membership.hasLeftSince(id, invitedAt))) throw new DuetError("CONVERSATION_UNKNOWN");
    return this.join(profiles);
  }

  /** @throws DuetError `CONVERSATION_FULL`; then nobody has joined */
  join(profiles: readonly Profile[], role: Role = "member", now = Date.now()): MembershipChange[] {
    const { members, log, limits } = this.#parts;
    const added = profiles.filter(({ id }) => !members.has(id));
    if (members.size + added.length > limits.MEMBERS_PER_CONVERSATION) throw new DuetError("CONVERSATION_FULL");
    for (const profile of added) {
      // All have left a room: whoever comes next looks after it.
      this.#account.membership.add(profile, members.size === 0 ? "owner" : role, now);
      members.add(profile.id, { readSeq: log.head, deliveredSeq: log.head });
    }
    return added.map(({ id }) => ({ accountId: id, change: "added" }));
  }

  /**
   * Removes somebody, or lets the caller leave.
   *
   * @throws DuetError `CONVERSATION_UNKNOWN`, `MEMBER_UNKNOWN`, `NOT_ALLOWED`
   */
  remove(caller: string, target: string): MembershipChange[] {
    const role = this.#roleOfTarget(caller, target);
    const removals = { member: "removeMember", admin: "removeAdmin", owner: "removeOwner" } as const;
    this.require(caller, caller === target ? "leave" : removals[role]);
    this.#account.membership.remove(target);
    return this.#gone(target, role);
  }

  /** The account is deleted: how it showed itself goes, what it wrote stays. Doing it again changes nothing. */
  forget(target: string): void {
    const { membership, details } = this.#account;
    const role = membership.roleOf(target);
    membership.erase(target);
    if (!role) return;
    this.#gone(target, role);
    if (details.kind === "direct") details.setOpen(false);
  }

  #gone(target: string, role: Role): MembershipChange[] {
    const { membership, inboxes } = this.#account;
    this.#parts.members.remove(target);
    inboxes.detach(target);
    // Whoever has been there longest, admins first: nobody is stuck without an owner.
    const [heir] = membership.list().toSorted((a, b) => Number(b.role === "admin") - Number(a.role === "admin"));
    if (role === "owner" && heir) membership.setRole(heir.id, "owner");
    return [{ accountId: target, change: "removed" }];
  }

  /** @throws DuetError `CONVERSATION_UNKNOWN`, `MEMBER_UNKNOWN`, `NOT_ALLOWED` */
  setRole(caller: string, target: string, role: Role): void {
    const { membership } = this.#account;
    const current = this.#roleOfTarget(caller, target);
    this.require(caller, role === "owner" ? "handOver" : "appoint");
    if (role === current) return;
    // An owner does not stop being one without another.
    if (current === "owner") throw new DuetError("NOT_ALLOWED");
    if (role === "owner") membership.setRole(caller, "admin");
    membership.setRole(target, role);
  }

  #roleOfTarget(caller: string, target: string): Role {
    this.require(caller, "talk");
    const role = this.#account.membership.roleOf(target);
    if (!role) throw new DuetError("MEMBER_UNKNOWN");
    return role;
  }
}

/**
 * One conversation: the only writer of everything about it. Between two names it is a pair chat (pair-conversation.ts);
 * here is what can be asked of one between accounts.
 *
 * This class is a shell. It knows whether there is a conversation, lets in whom it may, and hands on; the deciding is
 * done by the classes in parts.ts and account/.
 */
import type { LinkCursor, LinkEntry, NewLink } from "./account/links.ts";
import type { MemberCursor, MemberEntry, Profile } from "./account/membership.ts";
import { membersPage, overviewFor, usernamesOf } from "./account/overview.ts";
import { DuetError } from "../protocol/errors.ts";
import type { ChangeFrame } from "../protocol/frames.ts";
import type { Action, Role } from "../protocol/platform/permissions.ts";
import { type AccountOpen, AccountShell } from "./account/account-shell.ts";
import { type Founding, foundTables } from "./account/founding.ts";
import { refusalOf } from "./account/exchange.ts";
import { readHistory } from "./history.ts";
import type { Received } from "./inbox/received.ts";
import type { Marks } from "./members.ts";
import { type Result, toResult } from "./result.ts";
import { makeChange } from "./submit.ts";

export class Conversation extends AccountShell {
  /** Founds a conversation. Answers false when there is one of this id already: then nothing changes. */
  found(founding: Founding): Promise<Result<boolean>> {
    return toResult(async () => {
      // The others' ids are new: nobody can have founded them before.
      if (founding.kind === "direct") await this.reviveAccount();
      if (this.hasEnded) throw new DuetError("CONVERSATION_UNKNOWN");
      if (this.open) return false;
      foundTables(this.ctx.storage.sql, founding);
      const { parts, account } = this.openAccount(this.assemble());
      parts.outbox.schedule("postgres");
      await account.tellings.tell(founding.members.map(({ id }) => ({ accountId: id, change: "added" })));
      return true;
    });
  }

  /** Comes back from Postgres if its storage was lost. To be called for accounts only that must know it. */
  restore(): Promise<Result<null>> {
    return toResult(async () => {
      await this.reviveAccount();
      return null;
    });
  }

  /** What the devices of a member said, from their Inbox, in order. */
  receive(caller: string, batch: readonly Received[]): Promise<Result<null>> {
    return toResult(async () => {
      await this.reviveAccount();
      const { exchange } = this.requireMember(caller);
      // Should this object start anew before all is answered, the Inbox hands it on again.
      await Promise.all(batch.flatMap((received) => exchange.receive(caller, received) ?? []));
      return null;
    });
  }

  /** Makes a change and pushes it, just as the socket does. */
  change(caller: string, change: ChangeFrame) {
    return this.asMember(caller, ({ parts, account }) => {
      const refusal = refusalOf(account);
      if (refusal) throw new DuetError(refusal);
      return makeChange(parts, caller, change);
    });
  }

  /** @param before - see `readPage`; undefined for the newest page */
  messages(caller: string, before: number | undefined, limit: number) {
    return this.asMember(caller, async ({ parts, account }) => {
      const page = await readHistory(parts, caller, before, limit);
      // It may have been a while: whoever was removed meanwhile reads nothing more.
      this.requireMember(caller);
      return { ...page, usernames: usernamesOf(account, page.messages) };
    });
  }

  /** What the list of conversations says about it. */
  overview(caller: string) {
    return this.asMember(caller, ({ parts, account, roster }) =>
      overviewFor(parts, account, caller, roster.require(caller, "talk")),
    );
  }

  mark(caller: string, marks: Partial<Marks>): Promise<Result<null>> {
    return this.asMember(caller, ({ parts, exchange }) => {
      if (parts.signalsRate.take(caller) !== "pass") throw new DuetError("TOO_FAST");
      if ((marks.readSeq ?? 0) > parts.log.head) throw new DuetError("MESSAGE_UNKNOWN");
      exchange.mark(caller, marks);
      parts.members.save();
      return null;
    });
  }

  setTyping(caller: string, on: boolean): Promise<Result<null>> {
    return this.asMember(caller, ({ parts, exchange }) => {
      if (parts.signalsRate.take(caller) !== "pass") throw new DuetError("TOO_FAST");
      exchange.setTyping(caller, on);
      return null;
    });
  }

  members(caller: string, limit: number, after?: MemberCursor): Promise<Result<MemberEntry[]>> {
    return this.asMember(caller, ({ account }) => membersPage(account, limit, after));
  }

  /** Whether a member may do something: refuses when not. A guest is shown the name there: Postgres has it by then. */
  may(caller: string, action: Action, guest?: string): Promise<Result<null>> {
    return this.asMember(caller, async ({ roster, parts }) => {
      roster.require(caller, action, guest);
      if (guest !== undefined) await parts.writeMembership().catch(() => undefined);
      return null;
    });
  }

  addMembers(caller: string, profiles: readonly Profile[], invitedAt?: number): Promise<Result<null>> {
    return this.changing(caller, (open) => this.changeMembers(open, open.roster.add(caller, profiles, invitedAt)));
  }

  /** Removes somebody, or lets the caller leave. Nothing more reaches them when this has answered. */
  removeMember(caller: string, target: string): Promise<Result<null>> {
    return this.changing(caller, (open) => this.withdraw(open, open.roster.remove(caller, target)));
  }

  setRole(caller: string, target: string, role: Role): Promise<Result<null>> {
    return this.changing(caller, (open) => {
      open.roster.setRole(caller, target, role);
      return this.withdraw(open);
    });
  }

  rename(caller: string, name: string): Promise<Result<null>> {
    return this.changing(caller, async (open) => {
      const { parts, roster, account } = open;
      roster.require(caller, "rename");
      account.details.rename(name);
      // The list of rooms is Postgres'. Should that be out, it follows later.
      if (account.details.kind === "room") await parts.outbox.flush();
      return this.changeMembers(open, []);
    });
  }

  setMuted(caller: string, muted: boolean): Promise<Result<null>> {
    return this.asMember(caller, ({ parts, account }) => {
      account.membership.setMuted(caller, muted);
      account.inboxes.noteChange([caller]);
      parts.outbox.schedule("postgres");
      return null;
    });
  }

  /** Joins a room. For other conversations there is no such thing: they are unknown. */
  joinRoom(profile: Profile): Promise<Result<null>> {
    return this.asAnybody(async (open) => {
      if (open.account.details.kind !== "room") throw new DuetError("CONVERSATION_UNKNOWN");
      return this.changeMembers(open, open.roster.join([profile]));
    });
  }

  leaveRoom(caller: string): Promise<Result<null>> {
    return this.changing(caller, (open) => {
      if (open.account.details.kind !== "room") throw new DuetError("CONVERSATION_UNKNOWN");
      return this.withdraw(open, open.roster.remove(caller, caller));
    });
  }

  /** Who is in a room at this moment. */
  present(limit: number, after?: MemberCursor): Promise<Result<MemberEntry[]>> {
    return this.asAnybody(({ account }) => {
      if (account.details.kind !== "room") throw new DuetError("CONVERSATION_UNKNOWN");
      return membersPage(account, limit, after, (id) => account.inboxes.isOnline(id));
    });
  }

  createLink(caller: string, link: Omit<NewLink, "createdBy">): Promise<Result<LinkEntry & { secret: string }>> {
    return this.asMember(caller, ({ roster, account, parts }) => {
      roster.require(caller, "link");
      if (account.links.count() >= parts.limits.LINKS_PER_CONVERSATION) throw new DuetError("TOO_MANY_LINKS");
      return account.links.create({ ...link, createdBy: caller });
    });
  }

  links(caller: string, limit: number, after?: LinkCursor): Promise<Result<LinkEntry[]>> {
    return this.asMember(caller, ({ roster, account }) => {
      roster.require(caller, "link");
      return account.links.list(limit, after);
    });
  }

  revokeLink(caller: string, id: string): Promise<Result<null>> {
    return this.asMember(caller, ({ roster, account }) => {
      roster.require(caller, "link");
      if (!account.links.revoke(id)) throw new DuetError("LINK_UNKNOWN");
      return null;
    });
  }

  /** Whoever is a member already uses nothing up. Links are here alone: where the storage was lost, there is none. */
  joinByLink(profile: Profile, secret: string): Promise<Result<null>> {
    return toResult(() => {
      const open = this.hasEnded ? undefined : this.accountIfOpen();
      if (!open) throw new DuetError("LINK_INVALID");
      // They need no link any more; its last use may have been theirs, and the answer have been lost.
      if (open.parts.members.has(profile.id)) return null;
      const link = open.account.links.check(secret);
      const joined = open.roster.join([profile]);
      open.account.links.countUse(link);
      return this.changeMembers(open, joined);
    });
  }

  /**
   * Opens or closes a direct conversation for writing. Nothing happens where there is none.
   *
   * @param profiles - of both, as they are when it opens: while it is closed, they are shown as they were
   */
  setOpen(isOpen: boolean, profiles: readonly Profile[] = []): Promise<Result<null>> {
    return this.ifThere(async (open) => {
      const { details, membership, closedView } = open.account;
      if (details.kind !== "direct" || details.isOpen === isOpen) return null;
      if (!isOpen) closedView.keepMarks();
      details.setOpen(isOpen);
      for (const { id, displayName } of profiles) membership.showAs(id, displayName);
      return isOpen ? this.changeMembers(open, []) : this.withdraw(open);
    });
  }

  /** A member shows itself by another name. Who is no friend of theirs any more does not see it. */
  showAs(accountId: string, displayName: string): Promise<Result<null>> {
    return this.ifThere(({ account }) => {
      if (account.details.isOpen && account.membership.showAs(accountId, displayName)) account.inboxes.noteChange();
      return null;
    });
  }

  /** An account is deleted: how it showed itself goes, what it wrote stays. */
  forget(accountId: string): Promise<Result<null>> {
    return this.ifThere((open) => {
      open.roster.forget(accountId);
      return this.withdraw(open);
    });
  }

  /** @param act - decides, and makes it known: see `changeMembers` and `withdraw` */
  protected changing(caller: string, act: (open: AccountOpen) => Promise<null>): Promise<Result<null>> {
    return this.asMember(caller, (open) => {
      if (open.parts.changesRate.take(caller) !== "pass") throw new DuetError("TOO_FAST");
      return act(open);
    });
  }
}

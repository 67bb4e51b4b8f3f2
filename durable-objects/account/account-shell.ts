/** Who may come in to a conversation between accounts, and how it is brought back when its storage was lost. */
import { findConversation } from "../../drizzle/conversations.ts";
import { archivedHead } from "../../drizzle/archived.ts";
import { createDb } from "../../drizzle/client.ts";
import { DuetError } from "../../protocol/errors.ts";
import { parseLimits } from "../../protocol/limits.ts";
import { needingPostgres } from "../circuit-breaker.ts";
import type { Open } from "../conversation-shell.ts";
import { PairConversation } from "../pair-conversation.ts";
import { type Result, toResult } from "../result.ts";
import type { Parts } from "../parts.ts";
import type { AccountParts } from "./account-parts.ts";
import { Exchange } from "./exchange.ts";
import { restoreTables } from "./founding.ts";
import { Roster } from "./roster.ts";
import type { MembershipChange } from "./tellings.ts";

export interface AccountOpen {
  parts: Parts;
  account: AccountParts;
  exchange: Exchange;
  roster: Roster;
}

export abstract class AccountShell extends PairConversation {
  #account: AccountOpen | undefined;

  protected accountIfOpen(): AccountOpen | undefined {
    if (!this.open?.parts.account) return undefined;
    if (this.#account?.parts !== this.open.parts) this.#account = this.openAccount(this.open);
    return this.#account;
  }

  protected openAccount({ parts }: Open): AccountOpen {
    const { account } = parts;
    if (!account) throw new Error("This is a pair chat.");
    return { parts, account, exchange: new Exchange(parts, account), roster: new Roster(parts, account) };
  }

  #requireAny(): AccountOpen {
    this.require("CONVERSATION_UNKNOWN", "CONVERSATION_UNKNOWN");
    const open = this.accountIfOpen();
    if (!open) throw new DuetError("CONVERSATION_UNKNOWN");
    return open;
  }

  /** @throws DuetError `CONVERSATION_UNKNOWN`, also for whoever does not belong here */
  protected requireMember(caller: string): AccountOpen {
    const open = this.#requireAny();
    open.roster.require(caller, "talk");
    return open;
  }

  protected asMember<T>(caller: string, verb: (open: AccountOpen) => T | Promise<T>): Promise<Result<T>> {
    return toResult(() => verb(this.requireMember(caller)));
  }

  protected asAnybody<T>(verb: (open: AccountOpen) => T | Promise<T>): Promise<Result<T>> {
    return toResult(() => verb(this.#requireAny()));
  }

  /** For what the platform itself knows of a conversation; does nothing where there is none. */
  protected ifThere(verb: (open: AccountOpen) => null | Promise<null>): Promise<Result<null>> {
    return toResult(async () => {
      await this.reviveAccount();
      const open = this.hasEnded ? undefined : this.accountIfOpen();
      return open ? verb(open) : null;
    });
  }

  /** What was decided about members or the conversation itself becomes known: here, to Inboxes, and to Postgres. */
  protected async changeMembers(open: AccountOpen, changes: readonly MembershipChange[]): Promise<null> {
    const { parts, account } = open;
    account.inboxes.noteChange();
    parts.outbox.schedule("postgres");
    await account.tellings.tell(changes);
    // A room goes on without anybody; from any other, nobody could read or come back to anything.
    if (parts.members.size === 0 && account.details.kind !== "room") await this.finish();
    return null;
  }

  /**
   * The same for what somebody loses by it: with a loss of storage right after it, they would have it back. So Postgres
   * knows before the caller is answered; while that is out, as soon as it is back.
   */
  protected async withdraw(open: AccountOpen, changes: readonly MembershipChange[] = []): Promise<null> {
    await this.changeMembers(open, changes);
    await open.parts.writeMembership().catch(() => undefined);
    return null;
  }

  /** Goes on, in a new epoch, behind what Postgres has, if there was such a conversation. */
  protected reviveAccount(): Promise<void> {
    return this.revive(async () => {
      const { STORE_TIMEOUT_MS } = parseLimits(this.env);
      const db = createDb(this.env.DATABASE_URL, STORE_TIMEOUT_MS);
      const id = this.ctx.id.name ?? "";
      const known = await needingPostgres(() => findConversation(db, id));
      if (!known) return;
      if (known.endedAt) return this.buryLost();
      const head = await needingPostgres(() => archivedHead(db, id));
      restoreTables(this.ctx.storage.sql, known, head);
      this.assemble();
    });
  }
}

/**
 * What belongs to one account and must be known at once: its sessions. One object per account, by the account's id.
 *
 * This class is a shell. It knows whether there is such an account, and hands on.
 */
import { DurableObject } from "cloudflare:workers";
import { DuetError } from "../../protocol/errors.ts";
import { parseLimits } from "../../protocol/limits.ts";
import { type Result, toResult } from "../result.ts";
import { createTombstone, hasTombstone } from "../schema.ts";
import { TokenBuckets } from "../token-bucket.ts";
import { AccountRecord } from "./account-record.ts";
import { AccountSessions, type ListedSession, type RefreshGrant, type SessionCursor } from "./account-sessions.ts";
import { createTables, hasTables } from "./schema.ts";

const REFRESHES_PER_SECOND = 1;
const REFRESH_BURST = 30;

/** Who logs in, as Postgres knows it. */
export interface SignIn {
  username: string;
  passwordVersion: number;
  /** What the session was made with, for the account's owner to recognise. */
  label: string;
}

interface Open {
  record: AccountRecord;
  sessions: AccountSessions;
}

export class Inbox extends DurableObject<Env> {
  /** Undefined until the account's first session, and after its deletion. */
  #open: Open | undefined;
  #deleted: boolean;
  readonly #refreshRate = new TokenBuckets(REFRESHES_PER_SECOND, REFRESH_BURST);

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#deleted = hasTombstone(ctx.storage.sql);
    if (hasTables(ctx.storage.sql)) this.#assemble();
  }

  #assemble(): Open {
    const { sql } = this.ctx.storage;
    createTables(sql);
    const { REFRESH_TOKEN_DAYS, SESSIONS_PER_ACCOUNT } = parseLimits(this.env);
    const sessions = new AccountSessions({
      sql,
      lifetimeMs: REFRESH_TOKEN_DAYS * 86_400_000,
      max: SESSIONS_PER_ACCOUNT,
      onEnded: () => {},
    });
    this.#open = { record: new AccountRecord(sql), sessions };
    return this.#open;
  }

  /** Begins a session for somebody whose password was right, unless it was changed or the account deleted since. */
  startSession({ username, passwordVersion, label }: SignIn): Promise<Result<RefreshGrant>> {
    return toResult(() => {
      if (this.#deleted) throw new DuetError("CREDENTIALS_WRONG");
      const { record, sessions } = this.#open ?? this.#found(username, passwordVersion);
      if (passwordVersion < record.passwordVersion) throw new DuetError("CREDENTIALS_WRONG");
      // Had the news of a change got lost on its way here, this would be it.
      if (passwordVersion > record.passwordVersion) this.#turnTo(passwordVersion);
      return sessions.start(label);
    });
  }

  #found(username: string, passwordVersion: number): Open {
    createTables(this.ctx.storage.sql);
    AccountRecord.create(this.ctx.storage.sql, username, passwordVersion);
    return this.#assemble();
  }

  #turnTo(passwordVersion: number, keptSession?: string): void {
    this.#open?.record.setPasswordVersion(passwordVersion);
    this.#open?.sessions.endAllBut(keptSession);
  }

  /** See `AccountSessions.refresh`. */
  refresh(sessionId: string, secret: string): Promise<Result<RefreshGrant & { username: string }>> {
    return toResult(() => {
      // Only sessions that are have a rate: what is made up must not fill the memory.
      if (!this.#open?.sessions.stands(sessionId)) throw new DuetError("REFRESH_TOKEN_INVALID");
      if (this.#refreshRate.take(sessionId) !== "pass") throw new DuetError("TOO_FAST");
      const { record, sessions } = this.#open;
      return { ...sessions.refresh(sessionId, secret), username: record.username };
    });
  }

  /** Whether a session has neither run out nor been ended. */
  hasSession(sessionId: string): boolean {
    return this.#open?.sessions.stands(sessionId) ?? false;
  }

  /** @param limit - sessions at the most */
  listSessions(limit: number, after?: SessionCursor): ListedSession[] {
    return this.#open?.sessions.list(limit, after) ?? [];
  }

  /** @returns whether there was such a session */
  endSession(sessionId: string): boolean {
    return this.#open?.sessions.end(sessionId) ?? false;
  }

  /** Ends every session but the one that changed the password. */
  passwordChanged(passwordVersion: number, keptSession: string): void {
    if (this.#open && passwordVersion > this.#open.record.passwordVersion) this.#turnTo(passwordVersion, keptSession);
  }

  /** The account is deleted: nothing stays but that it was. Doing it again changes nothing. */
  async bury(): Promise<void> {
    this.#deleted = true;
    this.#open?.sessions.endAllBut();
    this.#open = undefined;
    if (hasTombstone(this.ctx.storage.sql)) return;
    await this.ctx.storage.deleteAll();
    createTombstone(this.ctx.storage.sql);
  }
}

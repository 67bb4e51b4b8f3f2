/**
 * What belongs to one account and must be known at once: its sessions, its devices, and the list of its conversations.
 * One object per account, by the account's id.
 *
 * This class is a shell. It knows whether there is such an account, and hands on.
 */
import { DurableObject } from "cloudflare:workers";
import { createDb } from "../../drizzle/client.ts";
import { conversationsOf } from "../../drizzle/conversations.ts";
import { DuetError } from "../../protocol/errors.ts";
import type { InboxEvent } from "../../protocol/platform/inbox-events.ts";
import { parseLimits } from "../../protocol/limits.ts";
import { toKind } from "../../protocol/platform/permissions.ts";
import type { Stand } from "../audience.ts";
import type { TelledConversation } from "../account/tellings.ts";
import { needingPostgres } from "../circuit-breaker.ts";
import { completeClose } from "../conversation-shell.ts";
import { type Result, toResult } from "../result.ts";
import { createTombstone, hasTombstone } from "../schema.ts";
import { TokenBuckets } from "../token-bucket.ts";
import { refusal, sessionText } from "../upgrade.ts";
import { AccountRecord } from "./account-record.ts";
import type { ListedSession, RefreshGrant, SessionCursor } from "./account-sessions.ts";
import type { ListedConversation } from "./conversation-list.ts";
import { assembleInbox, type InboxParts } from "./inbox-parts.ts";
import type { Pushed } from "./pushed.ts";
import { beginBurying, createTables, hasTables, isBurying } from "./schema.ts";
import { type SocketApplicant, subprotocolHeaders } from "./socket-applicant.ts";
import type { TicketHolder } from "./tickets.ts";

const REFRESHES_PER_SECOND = 1;
const REFRESH_BURST = 30;
const TICKETS_PER_SECOND = 1;
const TICKET_BURST = 30;

/** Who logs in, as Postgres knows it. */
export interface SignIn {
  username: string;
  passwordVersion: number;
  /** What the session was made with, for the account's owner to recognise. */
  label: string;
}

/** As friends are told. */
export interface Presence {
  online: boolean;
  /** Milliseconds since 1970; null while online, or when never seen. */
  last_seen: number | null;
}

export class Inbox extends DurableObject<Env> {
  /** Undefined until the account's first session, and after its deletion. */
  #open: InboxParts | undefined;
  #deleted: boolean;
  readonly #refreshRate = new TokenBuckets(REFRESHES_PER_SECOND, REFRESH_BURST);
  /** Here and not in Redis: sockets open while Redis is out, too. */
  readonly #ticketRate = new TokenBuckets(TICKETS_PER_SECOND, TICKET_BURST);

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#deleted = hasTombstone(ctx.storage.sql) || isBurying(ctx.storage.sql);
    if (hasTables(ctx.storage.sql)) this.#assemble();
  }

  #assemble(): InboxParts {
    createTables(this.ctx.storage.sql);
    this.#open = assembleInbox(this.ctx, this.env);
    return this.#open;
  }

  /** Begins a session for somebody whose password was right, unless it was changed or the account deleted since. */
  startSession({ username, passwordVersion, label }: SignIn): Promise<Result<RefreshGrant>> {
    return toResult(async () => {
      const known = this.#open ?? (await this.#found(username, passwordVersion));
      if (this.#deleted || !known) throw new DuetError("CREDENTIALS_WRONG");
      const { record, sessions } = known;
      if (passwordVersion < record.passwordVersion) throw new DuetError("CREDENTIALS_WRONG");
      // Had the news of a change got lost on its way here, this would be it.
      if (passwordVersion > record.passwordVersion) this.#turnTo(passwordVersion);
      return sessions.start(label);
    });
  }

  /** With a list of conversations only if this object has lost its storage: a new account has none. */
  async #found(username: string, passwordVersion: number): Promise<InboxParts | undefined> {
    const { STORE_TIMEOUT_MS } = parseLimits(this.env);
    const db = createDb(this.env.DATABASE_URL, STORE_TIMEOUT_MS);
    const archived = await needingPostgres(() => conversationsOf(db, this.ctx.id.name ?? ""));
    // Somebody else may have been here meanwhile.
    if (this.#open || this.#deleted) return this.#open;
    createTables(this.ctx.storage.sql);
    AccountRecord.create(this.ctx.storage.sql, username, passwordVersion);
    const parts = this.#assemble();
    for (const { id, kind, role, joinedAt } of archived) {
      if (role === null) parts.list.leave(id);
      else parts.list.add(id, toKind(kind), joinedAt.getTime());
    }
    return parts;
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

  /** A ticket that opens one socket for a session. See `Tickets`. */
  createTicket(holder: TicketHolder): Promise<Result<string>> {
    return toResult(() => {
      if (!this.#open) throw new DuetError("UNAUTHENTICATED");
      // By account, not by session: an account has one rate, however many sessions it has.
      if (this.#ticketRate.take("account") !== "pass") throw new DuetError("TOO_FAST");
      return this.#open.tickets.create(holder);
    });
  }

  /** Upgrades to a WebSocket, for a session that the Worker verified, or for a ticket. */
  override async fetch(request: Request): Promise<Response> {
    try {
      const applicant: SocketApplicant = JSON.parse(sessionText(request));
      if (!this.#open) throw new DuetError(applicant.kind === "ticket" ? "TICKET_INVALID" : "UNAUTHENTICATED");
      const { 0: client, 1: server } = new WebSocketPair();
      await this.#open.admit(server, applicant);
      const headers = subprotocolHeaders(applicant);
      return new Response(null, { status: 101, webSocket: client, headers });
    } catch (error) {
      return refusal(error);
    }
  }

  override webSocketMessage(socket: WebSocket, message: string | ArrayBuffer): void {
    // What arrives after we closed it, before the client answered that, counts for nothing.
    if (socket.readyState === WebSocket.OPEN) this.#open?.devices.receive(socket, message);
  }

  override webSocketClose(socket: WebSocket, code: number): void {
    this.#open?.devices.leave(socket);
    completeClose(socket, code);
  }

  override webSocketError(socket: WebSocket): void {
    this.#open?.devices.leave(socket);
  }

  /**
   * What a conversation has for this account's devices.
   *
   * @param stand - of the conversation's log, with all that is pushed
   * @returns whether any device is connected; if not, nothing need be pushed until one is
   */
  push(conversationId: string, batch: readonly Pushed[], stand: Stand): boolean {
    return this.#open?.push(conversationId, batch, stand) ?? false;
  }

  /**
   * The account joined a conversation, or is no longer in it.
   *
   * @returns whether any device is connected
   */
  conversationChanged(conversation: TelledConversation, isAdded: boolean): boolean {
    // Somebody added it while it was being deleted.
    if (!this.#open && this.#deleted && isAdded) this.ctx.waitUntil(this.#beForgottenBy(conversation.id));
    return this.#open?.conversationChanged(conversation, isAdded) ?? false;
  }

  async #beForgottenBy(id: string): Promise<void> {
    await this.env.CONVERSATION.getByName(id).forget(this.ctx.id.name ?? "");
  }

  /** All of them: CONVERSATIONS_PER_ACCOUNT at the most, or a few more. */
  listConversations(): ListedConversation[] {
    return this.#open?.list.all() ?? [];
  }

  /** Whether the account belongs to a conversation, or may join one more. */
  conversationStanding(id: string): { isListed: boolean; mayJoin: boolean } {
    const { list, limits } = this.#open ?? {};
    return { isListed: list?.has(id) ?? false, mayJoin: (list?.size ?? 0) < (limits?.CONVERSATIONS_PER_ACCOUNT ?? 1) };
  }

  /** Resolves once the account's conversations show it by this name; those that can't be reached do later. */
  async showAs(displayName: string): Promise<void> {
    await this.#open?.shownName.tell(displayName);
  }

  /** Tells the account's devices what concerns the account. */
  notify(event: InboxEvent): void {
    this.#open?.devices.notify(event);
  }

  /** Whether a device is connected, and if not, since when. */
  presence(): Presence {
    const online = this.#open?.connections.hasListeners() ?? false;
    return { online, last_seen: online ? null : (this.#open?.presence.lastSeen ?? null) };
  }

  override async alarm(): Promise<void> {
    this.#open?.look();
    if (this.#deleted) await this.bury();
  }

  /**
   * The account is deleted: nothing stays but that it was. Its conversations hear of it first; those that can't be
   * reached hear of it from the alarm. Doing it again changes nothing.
   */
  async bury(): Promise<void> {
    this.#deleted = true;
    if (this.#open) beginBurying(this.ctx.storage.sql);
    this.#open?.sessions.endAllBut();
    const isForgotten = (await this.#open?.beForgotten()) ?? true;
    if (!isForgotten) return;
    this.#open = undefined;
    if (hasTombstone(this.ctx.storage.sql)) return;
    await this.ctx.storage.deleteAll();
    createTombstone(this.ctx.storage.sql);
  }
}

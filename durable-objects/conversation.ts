/**
 * One conversation: the only writer of everything about it.
 *
 * This class is a shell. It knows whether there is a chat, lets in whom it may, and hands on; the deciding is done
 * by the classes in parts.ts.
 */
import { DurableObject } from "cloudflare:workers";
import { findArchivedChat } from "../drizzle/archive.ts";
import { createDb } from "../drizzle/client.ts";
import { DuetError } from "../protocol/errors.ts";
import { sameName } from "../protocol/fields.ts";
import type { ChangeFrame } from "../protocol/frames.ts";
import { parseLimits } from "../protocol/limits.ts";
import { needingPostgres } from "./circuit-breaker.ts";
import type { Session } from "./connections.ts";
import { ConversationRecord } from "./conversation-record.ts";
import { readPage } from "./history.ts";
import { Members } from "./members.ts";
import { assembleParts, type Parts } from "./parts.ts";
import { type Result, toResult } from "./result.ts";
import { createTables, createTombstone, hasTables, hasTombstone } from "./schema.ts";
import { SocketSessions } from "./socket-session.ts";
import { makeChange } from "./submit.ts";
import { readSession, refusal } from "./upgrade.ts";

const RESERVED_CLOSE_CODES = new Set([1005, 1006, 1015]);

interface Open {
  parts: Parts;
  sockets: SocketSessions;
}

export class Conversation extends DurableObject<Env> {
  /** Undefined when there is no such chat, or no longer. */
  #open: Open | undefined;
  #ended = false;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#ended = hasTombstone(ctx.storage.sql);
    if (hasTables(ctx.storage.sql)) this.#assemble();
  }

  #assemble(): Open {
    const parts = assembleParts(this.ctx, this.env);
    const { record, log, connections, mirror, outbox } = parts;
    connections.setPong(record.epoch, log.head);
    if (outbox.degraded.redis) mirror.touchAll();
    this.#ended ||= record.endedAt !== null;
    this.#open = { parts, sockets: new SocketSessions(parts) };
    return this.#open;
  }

  /** Founds a chat. Answers false when there is, or was, one of this hash: only the first asker owns it. */
  create(hash: string, users: readonly [string, string]): Promise<Result<boolean>> {
    return toResult(() => {
      if (this.#open || this.#ended) return false;
      createTables(this.ctx.storage.sql);
      ConversationRecord.create(this.ctx.storage.sql, hash, Date.now());
      Members.create(this.ctx.storage.sql, users);
      this.#assemble().parts.remind();
      return true;
    });
  }

  /** The names of the two, in the order of registration; whether `session` still stands. */
  describe(session?: Session): Promise<Result<{ users: string[]; signedIn: boolean }>> {
    return toResult(async () => {
      if (session) await this.#revive();
      const { members } = this.#require("CHAT_UNKNOWN").parts;
      return { users: members.names, signedIn: session !== undefined && isGood(session, members) };
    });
  }

  /** Finds who somebody says they are. */
  login(typedName: string): Promise<Result<{ name: string; peer: string }>> {
    return toResult(() => {
      const { members, mirror, outbox } = this.#require("LOGIN_FAILED").parts;
      const name = members.find(typedName);
      if (name === undefined) throw new DuetError("LOGIN_FAILED");
      mirror.touch(name);
      outbox.schedule("redis");
      return { name, peer: members.others(name).join(", ") };
    });
  }

  /** Stores and pushes a message, just as the socket does. */
  send(session: Session, receiver: string, change: ChangeFrame & { type: "send" }) {
    return toResult(async () => {
      const { parts } = await this.#requireSession(session);
      const others = parts.members.others(session.name);
      if (!others.some((other) => sameName(other, receiver))) throw new DuetError("RECEIVER_NOT_PEER");
      const { id, seq, at } = await makeChange(parts, session.name, change);
      return { id, seq, at, delivered: others.some((other) => parts.connections.isOnline(other)) };
    });
  }

  /** @param before - see `readPage`; undefined for the newest page */
  history(session: Session, before: number | undefined, limit: number) {
    return toResult(async () => {
      const { log, record, pagesRate, readFromArchive } = (await this.#requireSession(session)).parts;
      if (pagesRate.take(session.name) !== "pass") throw new DuetError("TOO_FAST");
      // Before the page is read: changes that are on it and come over the socket again do no harm, missing ones would.
      const { head } = log;
      const page = await readPage(log, readFromArchive, before ?? Infinity, limit);
      return { ...page, epoch: record.epoch, head };
    });
  }

  /** Ends one session: its token is dead from now on, and its sockets are closed. */
  logout(session: Session): Promise<Result<null>> {
    return toResult(() => {
      if (!this.#open) return null;
      const { members, connections } = this.#open.parts;
      members.revoke(session.id, session.expiresAt);
      connections.closeSession(session.id);
      return null;
    });
  }

  /** Ends the chat for everybody. Its messages are gone here at once, and elsewhere as soon as the stores answer. */
  end(session: Session): Promise<Result<null>> {
    return toResult(async () => {
      const { record, log, connections, outbox } = (await this.#requireSession(session)).parts;
      const at = Date.now();
      record.markEnded(at);
      log.clear();
      this.#ended = true;
      connections.broadcast({ type: "ended", by: session.name, at });
      connections.closeAll("ENDED");
      // Should we die now, the alarm goes on with it.
      outbox.schedule("postgres");
      await outbox.flush();
      await this.#buryIfDone();
      return null;
    });
  }

  /** Upgrades to a WebSocket. The Worker has checked the origin and verified the session. */
  override async fetch(request: Request): Promise<Response> {
    try {
      const session = readSession(request);
      const { parts, sockets } = await this.#requireSession(session);
      parts.connections.reapGhosts();
      const open = parts.connections.of(session.name).length;
      if (open >= parts.limits.SOCKETS_PER_PERSON) throw new DuetError("TOO_MANY_SOCKETS");
      const { 0: client, 1: server } = new WebSocketPair();
      sockets.accept(server, session);
      return new Response(null, { status: 101, webSocket: client });
    } catch (error) {
      return refusal(error);
    }
  }

  override webSocketMessage(socket: WebSocket, message: string | ArrayBuffer): void {
    // What arrives after we closed it, before the client answered that, counts for nothing.
    if (socket.readyState === WebSocket.OPEN) this.#open?.sockets.receive(socket, message);
  }

  override webSocketClose(socket: WebSocket, code: number): void {
    this.#open?.sockets.leave(socket);
    // Completes the handshake; without it the client waits. These codes only stand for a missing one, and can't be sent.
    socket.close(RESERVED_CLOSE_CODES.has(code) ? 1000 : code);
  }

  override webSocketError(socket: WebSocket): void {
    this.#open?.sockets.leave(socket);
  }

  override async alarm(): Promise<void> {
    if (!this.#open) return;
    this.#open.parts.connections.reapGhosts();
    await this.#open.parts.outbox.alarmFired();
    await this.#buryIfDone();
  }

  /** Of an ended chat only a tombstone remains, once both stores have followed. */
  async #buryIfDone(): Promise<void> {
    if (!this.#open?.parts.cleanedUp.postgres || !this.#open.parts.cleanedUp.redis) return;
    this.#open = undefined;
    await this.ctx.storage.deleteAll();
    createTombstone(this.ctx.storage.sql);
  }

  #require(unknown: "CHAT_UNKNOWN" | "LOGIN_FAILED" | "NOT_SIGNED_IN"): Open {
    this.#open?.parts.remind();
    if (this.#ended) throw new DuetError("CHAT_ENDED");
    if (!this.#open) throw new DuetError(unknown);
    return this.#open;
  }

  async #requireSession(session: Session): Promise<Open> {
    await this.#revive();
    const open = this.#require("NOT_SIGNED_IN");
    if (!isGood(session, open.parts.members)) throw new DuetError("NOT_SIGNED_IN");
    return open;
  }

  /**
   * A genuine session proves that there is a chat. An object without one has lost its storage: it goes on, in a new
   * epoch, behind what Postgres has. Done for sessions only, so that guessing links costs no query.
   */
  async #revive(): Promise<void> {
    if (this.#open || this.#ended) return;
    // An error thrown inside would reset the object, so it is carried out.
    const failure = await this.ctx.blockConcurrencyWhile(async () => {
      if (this.#open || this.#ended) return undefined;
      const restored = await toResult(() => this.#restore(this.ctx.id.name ?? ""));
      return restored.ok ? undefined : restored.code;
    });
    if (failure) throw new DuetError(failure);
  }

  async #restore(hash: string): Promise<void> {
    const { sql } = this.ctx.storage;
    const { STORE_TIMEOUT_MS } = parseLimits(this.env);
    const db = createDb(this.env.DATABASE_URL, STORE_TIMEOUT_MS);
    const chat = await needingPostgres(() => findArchivedChat(db, hash));
    if (!chat) return;
    if (chat.endedAt) {
      createTombstone(sql);
      this.#ended = true;
      return;
    }
    createTables(sql);
    Members.create(sql, chat.users);
    ConversationRecord.create(sql, hash, chat.createdAt.getTime()).startEpoch(chat.head);
    this.#assemble();
  }
}

function isGood(session: Session, members: Members): boolean {
  return members.names.includes(session.name) && !members.isRevoked(session.id);
}

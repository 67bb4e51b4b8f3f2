/** What can be asked of a pair chat: a conversation of two names, which whoever has the link may be. */
import { findArchivedChat, archivedHead } from "../drizzle/archived.ts";
import { createDb } from "../drizzle/client.ts";
import { DuetError } from "../protocol/errors.ts";
import { sameName } from "../protocol/fields.ts";
import type { ChangeFrame } from "../protocol/frames.ts";
import { parseLimits } from "../protocol/limits.ts";
import { needingPostgres } from "./circuit-breaker.ts";
import type { Session } from "./connections.ts";
import { ConversationRecord } from "./conversation-record.ts";
import { ConversationShell, type Open } from "./conversation-shell.ts";
import { readHistory } from "./history.ts";
import { Members } from "./members.ts";
import { type Result, toResult } from "./result.ts";
import { createTables } from "./schema.ts";
import { makeChange } from "./submit.ts";
import { refusal, sessionText } from "./upgrade.ts";

export abstract class PairConversation extends ConversationShell {
  /** Founds a chat. Answers false when there is, or was, one of this hash: only the first asker owns it. */
  create(hash: string, users: readonly [string, string]): Promise<Result<boolean>> {
    return toResult(() => {
      if (this.open || this.hasEnded) return false;
      createTables(this.ctx.storage.sql);
      ConversationRecord.create(this.ctx.storage.sql, hash, Date.now());
      Members.create(this.ctx.storage.sql, users);
      this.assemble().parts.remind();
      return true;
    });
  }

  /** The names of the two, in the order of registration; whether `session` still stands. */
  describe(session?: Session): Promise<Result<{ users: string[]; signedIn: boolean }>> {
    return toResult(async () => {
      if (session) await this.#revivePair();
      const { members } = this.#requirePair("CHAT_UNKNOWN").parts;
      return { users: members.names, signedIn: session !== undefined && isGood(session, members) };
    });
  }

  /** Finds who somebody says they are. */
  login(typedName: string): Promise<Result<{ name: string; peer: string }>> {
    return toResult(() => {
      const { members, mirror, outbox } = this.#requirePair("LOGIN_FAILED").parts;
      const name = members.find(typedName);
      if (name === undefined) throw new DuetError("LOGIN_FAILED");
      mirror?.touch(name);
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
    return toResult(async () => readHistory((await this.#requireSession(session)).parts, session.name, before, limit));
  }

  /** Ends one session: its token is dead from now on, and its sockets are closed. */
  logout(session: Session): Promise<Result<null>> {
    return toResult(() => {
      if (!this.open) return null;
      const { members, connections } = this.open.parts;
      members.revoke(session.id, session.expiresAt);
      connections.closeSession(session.id);
      return null;
    });
  }

  /** Ends the chat for everybody. Its messages are gone here at once, and elsewhere as soon as the stores answer. */
  end(session: Session): Promise<Result<null>> {
    return toResult(async () => {
      const { connections } = (await this.#requireSession(session)).parts;
      await this.finish((at) => {
        connections.broadcast({ type: "ended", by: session.name, at });
        connections.closeAll("ENDED");
      });
      return null;
    });
  }

  /** Upgrades to a WebSocket. The Worker has checked the origin and verified the session. */
  override async fetch(request: Request): Promise<Response> {
    try {
      const session: Session = JSON.parse(sessionText(request));
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

  #requirePair(unknown: "CHAT_UNKNOWN" | "LOGIN_FAILED" | "NOT_SIGNED_IN"): Open {
    return this.require(unknown, "CHAT_ENDED");
  }

  async #requireSession(session: Session): Promise<Open> {
    await this.#revivePair();
    const open = this.#requirePair("NOT_SIGNED_IN");
    if (!isGood(session, open.parts.members)) throw new DuetError("NOT_SIGNED_IN");
    return open;
  }

  /**
   * A genuine session proves that there is a chat: it goes on, in a new epoch, behind what Postgres has. Done for
   * sessions only, so that guessing links costs no query.
   */
  #revivePair(): Promise<void> {
    return this.revive(() => this.#restore(this.ctx.id.name ?? ""));
  }

  async #restore(hash: string): Promise<void> {
    const { sql } = this.ctx.storage;
    const { STORE_TIMEOUT_MS } = parseLimits(this.env);
    const db = createDb(this.env.DATABASE_URL, STORE_TIMEOUT_MS);
    const chat = await needingPostgres(() => findArchivedChat(db, hash));
    if (!chat) return;
    if (chat.endedAt) return this.buryLost();
    const head = await needingPostgres(() => archivedHead(db, hash));
    createTables(sql);
    Members.create(sql, chat.users);
    ConversationRecord.create(sql, hash, chat.createdAt.getTime()).startEpoch(head);
    this.assemble();
  }
}

function isGood(session: Session, members: Members): boolean {
  return members.has(session.name) && !members.isRevoked(session.id);
}

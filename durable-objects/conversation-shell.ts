/** The life of a conversation's object: it wakes, is founded or found lost, hears from its sockets, ends, is buried. */
import { DurableObject } from "cloudflare:workers";
import { DuetError, type ErrorCode } from "../protocol/errors.ts";
import { assembleParts, type Parts } from "./parts.ts";
import { toResult } from "./result.ts";
import { createTombstone, hasTables, hasTombstone } from "./schema.ts";
import { SocketSessions } from "./socket-session.ts";

const RESERVED_CLOSE_CODES = new Set([1005, 1006, 1015]);

export interface Open {
  parts: Parts;
  sockets: SocketSessions;
}

export abstract class ConversationShell extends DurableObject<Env> {
  /** Undefined when there is no such conversation, or no longer. */
  protected open: Open | undefined;
  protected hasEnded = false;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.hasEnded = hasTombstone(ctx.storage.sql);
    if (hasTables(ctx.storage.sql)) this.assemble();
  }

  protected assemble(): Open {
    const parts = assembleParts(this.ctx, this.env);
    const { record, log, audience, mirror, outbox, account } = parts;
    audience.setPong(record.epoch, log.head);
    if (outbox.degraded.redis) mirror?.touchAll();
    this.hasEnded ||= record.endedAt !== null;
    this.open = { parts, sockets: new SocketSessions(parts) };
    // We may have died between storing and pushing; what Postgres has was stored long before.
    if (account && !this.hasEnded && (log.head > record.archivedSeq || account.details.mustAnnounce)) {
      account.inboxes.announce();
      if (account.details.mustAnnounce) account.details.setAnnounce(false);
    }
    return this.open;
  }

  /** @param unknown - what to refuse with when there is nothing here */
  protected require(unknown: ErrorCode, ended: ErrorCode): Open {
    this.open?.parts.remind();
    if (this.hasEnded) throw new DuetError(ended);
    if (!this.open) throw new DuetError(unknown);
    return this.open;
  }

  override webSocketMessage(socket: WebSocket, message: string | ArrayBuffer): void {
    // What arrives after we closed it, before the client answered that, counts for nothing.
    if (socket.readyState === WebSocket.OPEN) this.open?.sockets.receive(socket, message);
  }

  override webSocketClose(socket: WebSocket, code: number): void {
    this.open?.sockets.leave(socket);
    completeClose(socket, code);
  }

  override webSocketError(socket: WebSocket): void {
    this.open?.sockets.leave(socket);
  }

  override async alarm(): Promise<void> {
    if (!this.open) return;
    const { connections, account, outbox } = this.open.parts;
    connections.reapGhosts();
    account?.inboxes.retry();
    await account?.tellings.retry();
    await outbox.alarmFired();
    await this.buryIfDone();
  }

  /**
   * Ends it for everybody. Its messages are gone here at once, and elsewhere as soon as the stores answer.
   *
   * @param tell - called once it is over here
   */
  protected async finish(tell: (at: number) => void = () => {}): Promise<void> {
    if (!this.open) return;
    const { record, log, outbox } = this.open.parts;
    const at = Date.now();
    record.markEnded(at);
    log.clear();
    this.hasEnded = true;
    tell(at);
    // Should we die now, the alarm goes on with it.
    outbox.schedule("postgres");
    await outbox.flush();
    await this.buryIfDone();
  }

  /** Of an ended conversation only a tombstone remains, once both stores have followed. */
  protected async buryIfDone(): Promise<void> {
    const { cleanedUp, account } = this.open?.parts ?? {};
    if (!cleanedUp?.postgres || !cleanedUp.redis || account?.tellings.isPending) return;
    this.open = undefined;
    await this.ctx.storage.deleteAll();
    createTombstone(this.ctx.storage.sql);
  }

  /**
   * An object that must have something but has nothing has lost its storage.
   *
   * @param restore - founds it anew from what Postgres has; at most once at a time
   */
  protected async revive(restore: () => Promise<void>): Promise<void> {
    if (this.open || this.hasEnded) return;
    // An error thrown inside would reset the object, so it is carried out.
    const failure = await this.ctx.blockConcurrencyWhile(async () => {
      if (this.open || this.hasEnded) return undefined;
      const restored = await toResult(restore);
      return restored.ok ? undefined : restored.code;
    });
    if (failure) throw new DuetError(failure);
  }

  protected buryLost(): void {
    createTombstone(this.ctx.storage.sql);
    this.hasEnded = true;
  }
}

/** Completes the handshake; without it the client waits. Reserved codes only stand for a missing one, and can't be sent. */
export function completeClose(socket: WebSocket, code: number): void {
  socket.close(RESERVED_CLOSE_CODES.has(code) ? 1000 : code);
}

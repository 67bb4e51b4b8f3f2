/** The sockets of a conversation. What must outlive hibernation is in each socket's attachment. */
import { type CloseReason, FATAL_CLOSE, PING, type ServerFrame } from "../protocol/frames.ts";
import type { Marks } from "./members.ts";
import type { Level } from "./token-bucket.ts";

/** A signed-in person, as the Worker verified it. */
export interface Session {
  /** Of the session, not of the person: a person has one for each browser. */
  id: string;
  name: string;
  /** Milliseconds since 1970. */
  expiresAt: number;
}

/** What a person's sockets carry through hibernation for them. */
interface Kept {
  /** Until `Members.save`. */
  marks: Marks;
  /** So that nobody outruns the rate limit by letting the object sleep. */
  level: Level | undefined;
}

interface Attachment extends Kept {
  session: Session;
  /** Whether it has said `hello`: only then it is sent events and counts as presence. */
  live: boolean;
  openedAt: number;
}

/** A client pings every 20 s: a socket silent for this long belongs to nobody (guarantees D11). */
const GHOST_AFTER_MS = 50_000;

export class Connections {
  readonly #ctx: DurableObjectState;
  readonly #attachments = new WeakMap<WebSocket, Attachment>();

  constructor(ctx: DurableObjectState) {
    this.#ctx = ctx;
  }

  /** The runtime answers pings by itself from now on, telling where the log stands, without waking the object. */
  setPong(epoch: string, head: number): void {
    const pong = { type: "pong", epoch, head } satisfies ServerFrame;
    this.#ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair(PING, JSON.stringify(pong)));
  }

  accept(socket: WebSocket, session: Session): void {
    this.#ctx.acceptWebSocket(socket);
    this.#attach(socket, {
      session,
      live: false,
      openedAt: Date.now(),
      marks: { readSeq: 0, deliveredSeq: 0 },
      level: undefined,
    });
  }

  session(socket: WebSocket): Session {
    return this.#attachment(socket).session;
  }

  isLive(socket: WebSocket): boolean {
    return this.#attachment(socket).live;
  }

  setLive(socket: WebSocket): void {
    this.#attach(socket, { ...this.#attachment(socket), live: true });
  }

  keep(socket: WebSocket, kept: Partial<Kept>): void {
    this.#attach(socket, { ...this.#attachment(socket), ...kept });
  }

  /** What the open sockets have carried through hibernation. */
  kept(): readonly (Kept & { session: Session })[] {
    return this.#open().map((socket) => this.#attachment(socket));
  }

  /** Open sockets of a person, those included that have not said `hello`. */
  of(name: string): WebSocket[] {
    return this.#open().filter((socket) => this.session(socket).name === name);
  }

  isOnline(name: string, except?: WebSocket): boolean {
    return this.of(name).some((socket) => socket !== except && this.isLive(socket));
  }

  send(socket: WebSocket, frame: ServerFrame): void {
    this.sendText(socket, JSON.stringify(frame));
  }

  sendText(socket: WebSocket, text: string): void {
    try {
      socket.send(text);
    } catch {
      // It closed under our hands. The client resumes from what it has: nothing is lost with the push.
    }
  }

  broadcast(frame: ServerFrame, options: { except?: string } = {}): void {
    const text = JSON.stringify(frame);
    for (const socket of this.#live()) {
      if (this.session(socket).name !== options.except) this.sendText(socket, text);
    }
  }

  broadcastTexts(texts: readonly string[]): void {
    for (const socket of this.#live()) {
      for (const text of texts) this.sendText(socket, text);
    }
  }

  close(socket: WebSocket, reason: CloseReason): void {
    socket.close(FATAL_CLOSE, reason);
  }

  closeAll(reason: CloseReason): void {
    for (const socket of this.#open()) this.close(socket, reason);
  }

  closeSession(sessionId: string): void {
    for (const socket of this.#open()) {
      if (this.session(socket).id === sessionId) this.close(socket, "REVOKED");
    }
  }

  /** Closes a person's sockets that went silent without a word, as a phone that lost its network does. */
  reapGhosts(name: string): void {
    for (const socket of this.of(name)) {
      const pinged = this.#ctx.getWebSocketAutoResponseTimestamp(socket)?.getTime();
      const heard = Math.max(pinged ?? 0, this.#attachment(socket).openedAt);
      // No fatal code: should anybody be there after all, they reconnect.
      if (Date.now() - heard > GHOST_AFTER_MS) socket.close(1001, "silent");
    }
  }

  #open(): WebSocket[] {
    return this.#ctx.getWebSockets().filter((socket) => socket.readyState === WebSocket.OPEN);
  }

  /** Sockets that get events. A session can end while its socket stays open: then this is where it is shut out. */
  #live(): WebSocket[] {
    const now = Date.now();
    return this.#open().filter((socket) => {
      const { live, session } = this.#attachment(socket);
      if (live && session.expiresAt <= now) this.close(socket, "UNAUTHENTICATED");
      return live && session.expiresAt > now;
    });
  }

  #attachment(socket: WebSocket): Attachment {
    const cached = this.#attachments.get(socket);
    if (cached) return cached;
    const kept: Attachment = socket.deserializeAttachment();
    this.#attachments.set(socket, kept);
    return kept;
  }

  #attach(socket: WebSocket, attachment: Attachment): void {
    this.#attachments.set(socket, attachment);
    socket.serializeAttachment(attachment);
  }
}

/** The sockets of a conversation. What must outlive hibernation is in each socket's attachment. */
import { type CloseReason, FATAL_CLOSE, PING, type ServerFrame } from "../protocol/frames.ts";
import type { Audience, Present } from "./audience.ts";
import type { Marks } from "./members.ts";
import type { Level } from "./token-bucket.ts";

/** A signed-in person, as the Worker verified it. */
export interface Session {
  /** Of the session, not of the person: a person has one for each browser. */
  id: string;
  name: string;
  /** Milliseconds since 1970. */
  expiresAt: number;
  /** A client that knows nothing of pings: its silence says nothing. */
  neverPings?: boolean;
}

/** What a person's sockets carry through hibernation for them. */
interface Kept {
  /** Until `Members.save`. */
  marks: Marks;
  /** So that nobody outruns the rate limit by letting the object sleep. */
  level: Level | undefined;
}

interface Attachment<S extends Session> extends Kept {
  session: S;
  /** Milliseconds since 1970 of a frame from it, to within HEARD_STEP_MS; pings do not wake the object. */
  heardAt: number;
  /** Whether it has said `hello`: only then it is sent events and counts as presence. */
  live: boolean;
}

/** A client pings every 20 s: a socket silent for this long belongs to nobody, as a phone's that lost its network. */
const GHOST_AFTER_MS = 50_000;
const HEARD_STEP_MS = 10_000;

/** @typeParam S - what is known of who is behind a socket */
export class Connections<S extends Session = Session> implements Audience {
  readonly #ctx: DurableObjectState;
  readonly #onGone: (name: string, isOffline: boolean) => void;
  readonly #attachments = new WeakMap<WebSocket, Attachment<S>>();
  #reapedAt = 0;

  /** @param onGone - called when a person lost a socket; `isOffline` says whether it was the last */
  constructor(ctx: DurableObjectState, onGone: (name: string, isOffline: boolean) => void) {
    this.#ctx = ctx;
    this.#onGone = onGone;
  }

  /** The runtime answers pings by itself from now on, telling where the log stands, without waking the object. */
  setPong(epoch: string, head: number): void {
    const pong = { type: "pong", epoch, head } satisfies ServerFrame;
    this.#ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair(PING, JSON.stringify(pong)));
  }

  accept(socket: WebSocket, session: S): void {
    this.#ctx.acceptWebSocket(socket);
    this.#attach(socket, {
      session,
      live: false,
      heardAt: Date.now(),
      marks: { readSeq: 0, deliveredSeq: 0 },
      level: undefined,
    });
  }

  session(socket: WebSocket): S {
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
  kept(): readonly (Kept & { session: S })[] {
    return this.#open().map((socket) => this.#attachment(socket));
  }

  /** Open sockets of a person, those included that have not said `hello`. */
  of(name: string): WebSocket[] {
    return this.#open().filter((socket) => this.session(socket).name === name);
  }

  isOnline(name: string, except?: WebSocket): boolean {
    return this.of(name).some((socket) => socket !== except && this.isLive(socket));
  }

  hasListeners(): boolean {
    return this.#open().some((socket) => this.isLive(socket));
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
    for (const socket of this.live()) {
      if (this.session(socket).name !== options.except) this.sendText(socket, text);
    }
  }

  broadcastTexts(texts: readonly string[]): Present {
    const names = new Set<string>();
    for (const socket of this.live()) {
      names.add(this.session(socket).name);
      for (const text of texts) this.sendText(socket, text);
    }
    return names;
  }

  /** Closes for good: the client does not come back by itself. */
  close(socket: WebSocket, reason: CloseReason): void {
    this.#end(socket, FATAL_CLOSE, reason);
  }

  closeAll(reason: CloseReason): void {
    for (const socket of this.#open()) this.close(socket, reason);
  }

  closeSession(sessionId: string): void {
    for (const socket of this.#open()) {
      if (this.session(socket).id === sessionId) this.close(socket, "REVOKED");
    }
  }

  /** Closes the sockets whose session has run out. */
  closeExpired(now = Date.now()): void {
    for (const socket of this.#open()) if (this.session(socket).expiresAt <= now) this.close(socket, "UNAUTHENTICATED");
  }

  /** Milliseconds since 1970 when the first session of an open socket runs out; Infinity without any. */
  nextExpiry(): number {
    return Math.min(...this.#open().map((socket) => this.session(socket).expiresAt));
  }

  /** Closes so that the client comes back: code 1001 (going away), or 1013 (try again later). */
  drop(socket: WebSocket, code: 1001 | 1013): void {
    this.#end(socket, code, "");
  }

  #end(socket: WebSocket, code: number, reason: string): void {
    socket.close(code, reason);
    this.retire(socket);
  }

  /** Takes a socket out: it counts as nobody's presence any more, whether or not its close is ever answered. */
  retire(socket: WebSocket): void {
    const attachment = this.#attachment(socket);
    if (!attachment.live) return;
    this.#attach(socket, { ...attachment, live: false });
    const { name } = attachment.session;
    this.#onGone(name, !this.isOnline(name));
  }

  /** Notes that a socket gave a sign of life, and from time to time drops those that do not. */
  heard(socket: WebSocket): void {
    const now = Date.now();
    const { heardAt } = this.#attachment(socket);
    if (now - heardAt > HEARD_STEP_MS) this.#attach(socket, { ...this.#attachment(socket), heardAt: now });
    if (now - this.#reapedAt > HEARD_STEP_MS) this.reapGhosts();
  }

  reapGhosts(): void {
    const now = Date.now();
    this.#reapedAt = now;
    for (const socket of this.#open()) {
      if (this.#ghostAt(socket) <= now) this.drop(socket, 1001);
    }
  }

  /** Milliseconds since 1970 when the first of a person's sockets is a ghost, should it stay silent. */
  ghostAt(name: string): number {
    const live = this.of(name).filter((socket) => this.isLive(socket));
    return Math.min(...live.map((socket) => this.#ghostAt(socket)));
  }

  #ghostAt(socket: WebSocket): number {
    const { heardAt, session } = this.#attachment(socket);
    if (session.neverPings) return Infinity;
    const pingedAt = this.#ctx.getWebSocketAutoResponseTimestamp(socket)?.getTime() ?? 0;
    return Math.max(pingedAt, heardAt) + GHOST_AFTER_MS;
  }

  #open(): WebSocket[] {
    return this.#ctx.getWebSockets().filter((socket) => socket.readyState === WebSocket.OPEN);
  }

  /** Sockets that get events. A session can end while its socket stays open: then this is where it is shut out. */
  live(): WebSocket[] {
    const now = Date.now();
    return this.#open().filter((socket) => {
      const { live, session } = this.#attachment(socket);
      if (live && session.expiresAt <= now) this.close(socket, "UNAUTHENTICATED");
      return live && session.expiresAt > now;
    });
  }

  #attachment(socket: WebSocket): Attachment<S> {
    const cached = this.#attachments.get(socket);
    if (cached) return cached;
    const kept: Attachment<S> = socket.deserializeAttachment();
    this.#attachments.set(socket, kept);
    return kept;
  }

  #attach(socket: WebSocket, attachment: Attachment<S>): void {
    this.#attachments.set(socket, attachment);
    socket.serializeAttachment(attachment);
  }
}

/** The one socket of an account: all its conversations and what concerns the account itself. */
import { type CloseReason, PROTOCOL_VERSION, type ServerFrame } from "../../protocol/frames.ts";
import { type AccountWelcome, type Opening, SUBPROTOCOL } from "../../protocol/platform/account-frames.ts";
import type { InboxEvent } from "../../protocol/platform/inbox-events.ts";
import { ApiError } from "../api-error.ts";
import type { OpaqueEvent } from "../incoming.ts";
import type { LineHandlers } from "../line.ts";
import { Connection } from "../socket.ts";
import type { Transport, WebSocketLike } from "../transport.ts";
import { type AccountFrame, readAccountFrame } from "./account-frame.ts";
import { ConversationLine, type SharedSocket } from "./conversation-line.ts";
import { LateSocket } from "./late-socket.ts";
import type { Session } from "./session.ts";
import type { Tokens } from "./token-store.ts";
import type { AccountEvent } from "./types.ts";

/** Conversations that fit into one `hello`, which is a frame of 16 KiB at the most. */
const OPENINGS_MAX = 80;
/** One refused attempt may be a server that restarts; from the second on, the reason is asked for. */
const REFUSALS_BEFORE_ASKING = 2;

interface Options {
  transport: Transport;
  session: Session;
  pingMs: number | undefined;
  /** Rejects with an ApiError of status 401 when nobody is logged in any more. */
  check: () => Promise<unknown>;
  onEvent: (event: AccountEvent) => void;
  /** Before the conversation itself hears of it, if it does. */
  onFrame: (id: string, frame: ServerFrame | OpaqueEvent) => void;
  /** Over until somebody logs in again; may be told twice. */
  onEnd: (reason: CloseReason) => void;
}

export class AccountSocket implements SharedSocket {
  readonly #options: Options;
  readonly #connection: Connection<AccountFrame>;
  readonly #lines = new Map<string, ConversationLine>();
  #isStarted = false;
  #isOpen = false;
  /** Of the socket dialled last. */
  #tokens: Tokens | undefined;
  /** For which the server has closed a socket. */
  #refused: Tokens | undefined;

  constructor(options: Options) {
    this.#options = options;
    this.#connection = new Connection<AccountFrame>(
      {
        position: () => ({ conversations: this.#openings() }),
        frame: (frame) => this.#receive(frame),
        lost: (retryAt, refusals) => this.#lost(retryAt, refusals),
        closed: (reason) => this.end(reason),
      },
      {
        open: () => new LateSocket(this.#dial()),
        read: readAccountFrame,
        canReturn: (reason) => this.#canReturn(reason),
        pingMs: options.pingMs,
      },
    );
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  start(): void {
    this.#isStarted = true;
    this.#connection.start();
  }

  stop(): void {
    this.#isStarted = false;
    this.#connection.stop();
    this.#isOpen = false;
    for (const line of this.#lines.values()) line.cut();
  }

  send(frame: object): void {
    this.#connection.send(frame);
  }

  redial(): void {
    this.#connection.redial();
  }

  /** The line of a conversation; takes the place of the one there was. */
  line(id: string, handlers: LineHandlers): ConversationLine {
    const line = new ConversationLine(id, handlers, this);
    this.#lines.set(id, line);
    return line;
  }

  /** Ends every line for good. */
  end(reason: CloseReason): void {
    const wasStarted = this.#isStarted;
    for (const line of this.#lines.values()) line.closed(reason);
    this.stop();
    this.#options.onEnd(reason);
    if (wasStarted) this.#options.onEvent({ type: "closed", reason });
  }

  /** Of conversations that have yet to say `hello` on this socket; some of them, where one frame does not hold all. */
  #openings(): Opening[] {
    const waiting = [...this.#lines.values()].filter(({ isWaiting }) => isWaiting);
    return waiting.slice(0, OPENINGS_MAX).map((line) => line.opening());
  }

  async #dial(): Promise<WebSocketLike> {
    const { session, transport } = this.#options;
    try {
      const tokens = await (this.#refused ? session.renew(this.#refused) : session.tokens());
      this.#refused = undefined;
      this.#tokens = tokens;
      return transport.open("/ws", [SUBPROTOCOL, tokens.accessToken]);
    } catch (error) {
      if (!this.#endIfFinal(error)) this.#connection.redial();
      throw error;
    }
  }

  #receive(frame: AccountFrame): void {
    switch (frame.type) {
      case "welcome":
        return this.#welcome(frame);
      case "event":
        return this.#tell(frame.event);
      case "pong":
        for (const { conversation_id: id, ...stand } of frame.conversations) this.#hand(id, { type: "pong", ...stand });
        return;
      case "frame":
        return this.#hand(frame.id, frame.frame);
      default:
        frame satisfies never;
    }
  }

  #hand(id: string, frame: ServerFrame | OpaqueEvent): void {
    this.#options.onFrame(id, frame);
    const line = this.#lines.get(id);
    line?.receive(frame);
    if (!line?.isStarted && frame.type === "message") {
      this.#options.onEvent({ type: "message", conversation_id: id, message: frame });
    }
  }

  #welcome({ self, username, conversations }: AccountWelcome): void {
    const openings = this.#openings();
    if (openings.length > 0) this.send({ type: "hello", v: PROTOCOL_VERSION, conversations: openings });
    if (this.#isOpen) return;
    this.#isOpen = true;
    this.#options.onEvent({ type: "connected", self, username, conversations });
  }

  #tell(event: InboxEvent): void {
    if (event.type === "conversation") {
      const line = this.#lines.get(event.conversation_id);
      if (event.change === "changed") line?.refresh();
      if (event.change === "removed") line?.closed("ENDED");
    }
    this.#options.onEvent(event);
  }

  #lost(retryAt: number, refusals: number): void {
    this.#isOpen = false;
    for (const line of this.#lines.values()) line.lost(retryAt);
    this.#options.onEvent({ type: "disconnected", retry_at: retryAt });
    if (refusals >= REFUSALS_BEFORE_ASKING) void this.#askWhy();
  }

  /** A socket lasts as long as the token that it was opened with: there may be another one. */
  #canReturn(reason: string): boolean {
    if (reason !== "UNAUTHENTICATED") return false;
    this.#refused = this.#tokens;
    return true;
  }

  /** A browser does not tell with which status an upgrade was refused. */
  async #askWhy(): Promise<void> {
    try {
      await this.#options.check();
    } catch (error) {
      if (!this.#isOpen) this.#endIfFinal(error);
    }
  }

  #endIfFinal(error: unknown): boolean {
    const isFinal = error instanceof ApiError && error.status === 401;
    if (isFinal) this.end("UNAUTHENTICATED");
    return isFinal;
  }
}

/** One conversation's share of the account's socket: its `hello`, and what is answered to it. */
import { type ClientFrame, type CloseReason, PROTOCOL_VERSION, type ServerFrame } from "../../protocol/frames.ts";
import type { Opening } from "../../protocol/platform/account-frames.ts";
import { backoff } from "../backoff.ts";
import type { OpaqueEvent } from "../incoming.ts";
import type { Line, LineHandlers } from "../line.ts";

/** From `hello` to `welcome`. */
const WELCOME_LIMIT_MS = 10_000;
/** A line that was good for this long has earned a fresh start of the backoff. */
const STABLE_MS = 10_000;
/** Between two looks at who the members are: in a room that people come to in droves, lists are long. */
const REFRESH_MS = 1_000;
const REFRESH_MS_PER_MEMBER = 10;

/** What lines have in common. */
export interface SharedSocket {
  /** Whether the account has been welcomed. */
  readonly isOpen: boolean;
  start(): void;
  send(frame: object): void;
  redial(): void;
}

type Timer = ReturnType<typeof setTimeout>;

export class ConversationLine implements Line {
  readonly #id: string;
  readonly #handlers: LineHandlers;
  readonly #socket: SharedSocket;
  #isStarted = false;
  /** On this socket. */
  #welcomedAt: number | undefined;
  /** `hello`s that the server has yet to answer: only the answer to the last one counts. */
  #unanswered = 0;
  #answerLimit: Timer | undefined;
  #pause: Timer | undefined;
  #attempt = 0;
  #refreshPause: Timer | undefined;
  #isStale = false;
  #memberCount = 0;

  constructor(id: string, handlers: LineHandlers, socket: SharedSocket) {
    this.#id = id;
    this.#handlers = handlers;
    this.#socket = socket;
  }

  /** Whether it listens to what arrives. */
  get isStarted(): boolean {
    return this.#isStarted;
  }

  /** Whether it has yet to say `hello` on this socket. */
  get isWaiting(): boolean {
    return this.#isStarted && this.#welcomedAt === undefined && this.#unanswered === 0 && this.#pause === undefined;
  }

  start(): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    this.#attempt = 0;
    this.#socket.start();
    if (this.#socket.isOpen) this.greet();
  }

  stop(): void {
    this.#isStarted = false;
    this.#rest();
  }

  send(frame: ClientFrame): void {
    if (this.#welcomedAt !== undefined) this.#socket.send({ conversation_id: this.#id, ...frame });
  }

  redial(): void {
    if (!this.#isStarted || !this.#socket.isOpen || this.#pause !== undefined) return;
    if (this.#welcomedAt !== undefined && Date.now() - this.#welcomedAt >= STABLE_MS) this.#attempt = 0;
    this.#rest();
    const pause = backoff(this.#attempt++);
    this.#pause = setTimeout(() => {
      this.#pause = undefined;
      this.greet();
    }, pause);
    this.#handlers.lost(Date.now() + pause, 0);
  }

  /** For the first `hello` of all conversations, which says of each where to resume. */
  opening(): Opening {
    this.#unanswered++;
    clearTimeout(this.#answerLimit);
    this.#answerLimit = setTimeout(() => this.#socket.redial(), WELCOME_LIMIT_MS);
    return { conversation_id: this.#id, ...this.#handlers.position() };
  }

  /** Says `hello` for this conversation alone. */
  greet(): void {
    this.#socket.send({ type: "hello", v: PROTOCOL_VERSION, ...this.opening() });
  }

  receive(frame: ServerFrame | OpaqueEvent): void {
    if (frame.type === "welcome") {
      this.#unanswered = Math.max(0, this.#unanswered - 1);
      if (this.#unanswered > 0 || !this.#isStarted) return;
      clearTimeout(this.#answerLimit);
      this.#welcomedAt ??= Date.now();
      this.#memberCount = frame.members.length;
    }
    // What was pushed before the answer is in it.
    if (this.#welcomedAt !== undefined) this.#handlers.frame(frame);
  }

  /** Members or their roles are others: `welcome` says which, and the log goes on where it stands. */
  refresh(): void {
    if (this.#welcomedAt === undefined) return;
    this.#isStale = this.#refreshPause !== undefined;
    if (this.#isStale) return;
    this.greet();
    this.#refreshPause = setTimeout(
      () => {
        this.#refreshPause = undefined;
        if (this.#isStale) this.refresh();
      },
      Math.max(REFRESH_MS, this.#memberCount * REFRESH_MS_PER_MEMBER),
    );
  }

  /** The account's socket is gone, and with it whatever was still to come. */
  cut(): void {
    this.#rest();
    this.#unanswered = 0;
  }

  /** @param retryAt - milliseconds since 1970 of the account's next attempt */
  lost(retryAt: number): void {
    this.cut();
    if (this.#isStarted) this.#handlers.lost(retryAt, 0);
  }

  /** Over for good. */
  closed(reason: CloseReason): void {
    const wasStarted = this.#isStarted;
    this.#isStarted = false;
    this.cut();
    if (wasStarted) this.#handlers.closed(reason);
  }

  #rest(): void {
    for (const timer of [this.#answerLimit, this.#pause, this.#refreshPause]) clearTimeout(timer);
    this.#pause = undefined;
    this.#refreshPause = undefined;
    this.#isStale = false;
    this.#welcomedAt = undefined;
  }
}

/** The life of the connection: dial, heartbeat, backoff, end. What the frames mean is not known here. */
import { CLOSE_REASONS, FATAL_CLOSE, PING, PROTOCOL_VERSION } from "../protocol/frames.ts";
import { backoff } from "./backoff.ts";
import type { Line, LineHandlers } from "./line.ts";
import type { WebSocketLike } from "./transport.ts";

/** From dialling to `welcome`. */
const WELCOME_LIMIT_MS = 10_000;
const PING_MS = 20_000;
const PONG_LIMIT_MS = 10_000;
/** After the network or the page came back, when a dead socket is likely. */
const PROBE_LIMIT_MS = 4_000;
/** A connection that lasted this long has earned a fresh start of the backoff. */
const STABLE_MS = 10_000;
const OFFLINE_RETRY_MS = 30_000;
const WAKE_EVENTS = ["online", "offline", "pageshow", "visibilitychange"];

export interface ConnectionOptions<F> {
  open(): WebSocketLike;
  /** Returns undefined for what is to be ignored. */
  read(text: string): F | undefined;
  /** Whether to come back although the server closed for good. */
  canReturn?: (reason: string) => boolean;
  /** Milliseconds between heartbeats; 20,000 when undefined. */
  pingMs: number | undefined;
}

type Phase = "stopped" | "waiting" | "dialling" | "connected" | "probing";

/** A line that has its socket for itself. */
export class Connection<F extends { type: string }> implements Line {
  readonly #handlers: LineHandlers<F, object>;
  readonly #options: ConnectionOptions<F>;
  #phase: Phase = "stopped";
  #socket: WebSocketLike | undefined;
  /** Takes the listeners off a socket that we gave up: what it still says is of no interest. */
  #listeners: AbortController | undefined;
  /** Each phase has one deadline. */
  #timer: ReturnType<typeof setTimeout> | undefined;
  #connectedAt: number | undefined;
  #attempt = 0;
  #refusals = 0;

  constructor(handlers: LineHandlers<F, object>, options: ConnectionOptions<F>) {
    this.#handlers = handlers;
    this.#options = options;
  }

  start(): void {
    if (this.#phase !== "stopped") return;
    this.#attempt = 0;
    this.#refusals = 0;
    for (const event of WAKE_EVENTS) globalThis.addEventListener?.(event, this.#wake);
    this.#dial();
  }

  stop(): void {
    for (const event of WAKE_EVENTS) globalThis.removeEventListener?.(event, this.#wake);
    this.#drop();
    this.#phase = "stopped";
  }

  /** Nothing leaves before `welcome`: what is said then would be lost. */
  send(frame: object): void {
    if (this.#phase === "connected" || this.#phase === "probing") this.#socket?.send(JSON.stringify(frame));
  }

  /** Drops the socket and tries again after a pause. */
  redial(): void {
    if (this.#phase === "stopped" || this.#phase === "waiting") return;
    if (this.#connectedAt !== undefined && Date.now() - this.#connectedAt >= STABLE_MS) this.#attempt = 0;
    this.#drop();
    // Offline may be wrong (it is on some virtual networks): keep trying, slowly; `online` cuts the wait short.
    const pause = isOffline() ? OFFLINE_RETRY_MS : backoff(this.#attempt++);
    this.#enter("waiting", pause, () => this.#dial());
    this.#handlers.lost(Date.now() + pause, this.#refusals);
  }

  #dial(): void {
    this.#enter("dialling", WELCOME_LIMIT_MS, () => this.redial());
    this.#refusals++;
    const socket = this.#options.open();
    this.#socket = socket;
    this.#listeners = new AbortController();
    const { signal } = this.#listeners;
    const hello = () => {
      socket.send(JSON.stringify({ type: "hello", v: PROTOCOL_VERSION, ...this.#handlers.position() }));
    };
    socket.addEventListener("open", hello, { signal });
    socket.addEventListener("message", ({ data }) => this.#receive(data), { signal });
    socket.addEventListener("close", ({ code, reason }) => this.#closed(code, reason), { signal });
  }

  #receive(data: unknown): void {
    const frame = typeof data === "string" ? this.#options.read(data) : undefined;
    if (frame?.type === "welcome") {
      this.#connectedAt = Date.now();
      this.#refusals = 0;
      this.#rest();
    }
    // Whatever arrives shows that the socket lives: on a slow line the pong may be queued behind a long replay.
    if (this.#phase === "probing") this.#rest();
    if (frame) this.#handlers.frame(frame);
  }

  #rest(): void {
    this.#enter("connected", this.#options.pingMs ?? PING_MS, () => this.#probe(PONG_LIMIT_MS));
  }

  #probe(limitMs: number): void {
    this.#enter("probing", limitMs, () => this.redial());
    this.#socket?.send(PING);
  }

  /** The network or the page came or went: don't wait for timers, which may have been asleep too. */
  readonly #wake = (): void => {
    if (globalThis.document?.visibilityState === "hidden") return;
    if (this.#phase === "waiting" && !isOffline()) this.#dial();
    if (this.#phase === "connected") this.#probe(PROBE_LIMIT_MS);
  };

  #closed(code: number, reason: string): void {
    if (code !== FATAL_CLOSE || this.#options.canReturn?.(reason)) return this.redial();
    this.stop();
    this.#handlers.closed(CLOSE_REASONS.find((known) => known === reason) ?? "PROTOCOL");
  }

  #drop(): void {
    clearTimeout(this.#timer);
    this.#connectedAt = undefined;
    this.#listeners?.abort();
    this.#socket?.close();
    this.#socket = undefined;
  }

  #enter(phase: Phase, deadlineMs: number, onDeadline: () => void): void {
    clearTimeout(this.#timer);
    this.#phase = phase;
    this.#timer = setTimeout(onDeadline, deadlineMs);
  }
}

/** Node knows no `onLine`. */
function isOffline(): boolean {
  return "onLine" in navigator && !navigator.onLine;
}

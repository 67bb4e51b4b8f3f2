/** Keeps the log in step with the server: one connection after the other, and pages of history. */
import type { ClientFrame, CloseReason, ServerFrame } from "../protocol/frames.ts";
import type { Api } from "./api.ts";
import { ApiError } from "./api-error.ts";
import type { OpaqueEvent } from "./incoming.ts";
import type { Line, LineHandlers } from "./line.ts";
import type { Log } from "./log.ts";
import { Pages } from "./pages.ts";
import { Sync } from "./sync.ts";

/** A push may be this much behind the pong that tells of it. */
const TAIL_GRACE_MS = 1_000;
/** One refused attempt may be a server that restarts; from the second on, the reason is asked for. */
const REFUSALS_BEFORE_ASKING = 2;

export interface FeedOptions {
  /** Key of the conversation. */
  hash: string;
  api: Pick<Api, "history">;
  connect: (handlers: LineHandlers) => Line;
  /** Asked when connections are refused. Without it, whoever makes the line sees to that. */
  isSignedIn?: () => Promise<boolean>;
}

interface FeedHandlers {
  /** Any frame, after the log has taken it in. */
  onFrame: (frame: ServerFrame) => void;
  /** The log may have changed. */
  onChange: () => void;
  /** Not connected; the next attempt is at `retryAt`, in milliseconds since 1970. */
  onLost: (retryAt: number) => void;
  /** Over for good. */
  onEnd: (reason: CloseReason) => void;
}

export class Feed {
  readonly #options: FeedOptions;
  readonly #handlers: FeedHandlers;
  readonly #sync = new Sync();
  readonly #line: Line;
  readonly #pages: Pages;
  #tailCheck: ReturnType<typeof setTimeout> | undefined;

  constructor(options: FeedOptions, handlers: FeedHandlers) {
    this.#options = options;
    this.#handlers = handlers;
    this.#line = options.connect({
      position: () => this.#sync.connect(),
      frame: (frame) => this.#receive(frame),
      lost: (retryAt, refusals) => this.#lost(retryAt, refusals),
      closed: (reason) => this.#end(reason),
    });
    this.#pages = new Pages({
      api: options.api,
      hash: options.hash,
      sync: this.#sync,
      onChange: () => handlers.onChange(),
      onFailure: (error) => this.#endIfFinal(error),
      onForeignEpoch: () => this.redial(),
    });
  }

  get log(): Log | undefined {
    return this.#sync.log;
  }

  /** Whether the log has all that the server had when we connected, and follows. */
  get isCurrent(): boolean {
    return this.#sync.isCurrent;
  }

  get isLoadingOlder(): boolean {
    return this.#pages.isLoadingOlder;
  }

  start(): void {
    this.#line.start();
    void this.#pages.loadNewest();
  }

  stop(): void {
    this.#disconnected();
    this.#line.stop();
    this.#pages.stop();
  }

  send(frame: ClientFrame): void {
    this.#line.send(frame);
  }

  /** The connection is of no use: take another. */
  redial(): void {
    this.#line.redial();
  }

  /** @throws ApiError */
  loadOlder(): Promise<void> {
    return this.#pages.loadOlder();
  }

  /** Forgets the log. */
  clear(): void {
    this.#sync.clear();
  }

  #receive(frame: ServerFrame | OpaqueEvent): void {
    switch (frame.type) {
      case "welcome":
        this.#sync.welcome(frame);
        void this.#pages.loadNewest();
        break;
      case "message":
      case "edited":
      case "deleted":
      case "reaction":
        if (!this.#sync.event(frame)) return this.redial();
        break;
      case "opaque":
        if (!this.#sync.event(frame)) return this.redial();
        return this.#handlers.onChange();
      case "live":
        if (this.#sync.misses(frame.head, frame.epoch)) return this.redial();
        break;
      case "pong":
        this.#checkTail(frame);
        break;
      case "ended":
        this.#handlers.onFrame(frame);
        return this.#end("ENDED");
      case "ack":
      case "nack":
      case "typing":
      case "presence":
      case "receipt":
      case "degraded":
        break;
      default:
        frame satisfies never;
    }
    this.#handlers.onFrame(frame);
  }

  /** A hibernating server may lose a push: then its pongs tell of a head that we never see. */
  #checkTail({ epoch, head }: ServerFrame & { type: "pong" }): void {
    if (!this.#sync.misses(head, epoch)) return;
    clearTimeout(this.#tailCheck);
    this.#tailCheck = setTimeout(() => {
      if (this.#sync.misses(head, epoch)) this.redial();
    }, TAIL_GRACE_MS);
  }

  #disconnected(): void {
    clearTimeout(this.#tailCheck);
    this.#sync.disconnect();
  }

  #lost(retryAt: number, refusals: number): void {
    this.#disconnected();
    this.#handlers.onLost(retryAt);
    if (refusals >= REFUSALS_BEFORE_ASKING) void this.#askWhy();
  }

  /** A browser does not tell with which status an upgrade was refused. */
  async #askWhy(): Promise<void> {
    try {
      const isSignedIn = (await this.#options.isSignedIn?.()) ?? true;
      if (!isSignedIn && !this.isCurrent) this.#end("UNAUTHENTICATED");
    } catch (error) {
      this.#endIfFinal(error);
    }
  }

  /** A connection that stands proves an answer wrong that was on its way for long. */
  #endIfFinal(error: unknown): void {
    if (this.isCurrent || !(error instanceof ApiError)) return;
    if (error.code === "CHAT_ENDED") this.#end("ENDED");
    if (error.code === "NOT_SIGNED_IN" || error.code === "CHAT_UNKNOWN") this.#end("UNAUTHENTICATED");
  }

  #end(reason: CloseReason): void {
    this.stop();
    this.#handlers.onEnd(reason);
  }
}

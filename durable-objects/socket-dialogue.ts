/** What every socket of ours has to do, whatever is said on it: greet in time, speak the protocol, keep to the limits. */
import { type ErrorCode, ERRORS, isRetryable } from "../protocol/errors.ts";
import type { ServerFrame } from "../protocol/frames.ts";
import { HELLO_TIMEOUT_MS } from "../protocol/limits.ts";
import type { Reading } from "./client-frames.ts";
import type { Connections, Session } from "./connections.ts";
import type { Outcome } from "./group-commit.ts";
import { tally } from "./meter/tally.ts";
import type { TokenBuckets } from "./token-bucket.ts";

interface Options<S extends Session> {
  connections: Connections<S>;
  signalsRate: TokenBuckets;
  changesRate: TokenBuckets;
}

/** @typeParam F - frames that clients send */
export abstract class SocketDialogue<F extends { type: string }, S extends Session = Session> {
  readonly #connections: Connections<S>;
  readonly #signalsRate: TokenBuckets;
  readonly #changesRate: TokenBuckets;
  readonly #helloTimers = new Map<WebSocket, ReturnType<typeof setTimeout>>();

  constructor({ connections, signalsRate, changesRate }: Options<S>) {
    this.#connections = connections;
    this.#signalsRate = signalsRate;
    this.#changesRate = changesRate;
  }

  protected abstract read(message: string | ArrayBuffer, session: S): Reading<F>;
  protected abstract handle(socket: WebSocket, session: S, frame: F): void;
  /** Tells a client that a change of theirs was malformed, or came too fast. */
  protected abstract nack(socket: WebSocket, session: S, refused: Reading<F> & { kind: "refused" }): void;

  accept(socket: WebSocket, session: S): void {
    this.#connections.accept(socket, session);
    const timer = setTimeout(() => this.#connections.close(socket, "HELLO_TIMEOUT"), HELLO_TIMEOUT_MS);
    this.#helloTimers.set(socket, timer);
  }

  receive(socket: WebSocket, message: string | ArrayBuffer): void {
    const connections = this.#connections;
    const session = connections.session(socket);
    if (session.expiresAt <= Date.now()) return connections.close(socket, "UNAUTHENTICATED");
    connections.heard(socket);
    const reading = this.read(message, session);
    if (reading.kind === "fatal") return connections.close(socket, reading.reason);
    const isHello = reading.kind === "frame" && reading.frame.type === "hello";
    if (!isHello && !connections.isLive(socket)) return connections.close(socket, "PROTOCOL");
    switch (reading.kind) {
      case "frame":
        return this.handle(socket, session, reading.frame);
      case "refused":
        return this.#refuse(socket, session, reading);
      case "unknown":
        return this.takeSignal(socket, session.name, () => {});
      default:
        return reading satisfies never;
    }
  }

  protected takeSignal(socket: WebSocket, name: string, act: () => void): void {
    const verdict = this.#signalsRate.take(name);
    if (verdict === "pass") act();
    if (verdict === "disconnect") this.#connections.close(socket, "TOO_FAST");
  }

  /** A malformed change costs as much as a good one. */
  #refuse(socket: WebSocket, session: S, refused: Reading<F> & { kind: "refused" }): void {
    const verdict = this.#changesRate.take(session.name);
    this.nack(socket, session, verdict === "pass" ? refused : { ...refused, code: "TOO_FAST" });
    if (verdict === "disconnect") this.#connections.close(socket, "TOO_FAST");
  }

  /** To be called when a socket is gone, for whatever reason. */
  leave(socket: WebSocket): void {
    this.stopWaitingForHello(socket);
    this.#connections.retire(socket);
  }

  protected stopWaitingForHello(socket: WebSocket): void {
    clearTimeout(this.#helloTimers.get(socket));
    this.#helloTimers.delete(socket);
  }
}

/** What the sender of a change is told of it. */
export function answerTo(id: string, outcome: Outcome): ServerFrame {
  return outcome.stored ? { type: "ack", id, seq: outcome.seq, at: outcome.at } : nackOf(id, outcome.code);
}

export function nackOf(id: string, code: ErrorCode): ServerFrame {
  tally.failed("socket", code);
  return { type: "nack", id, code, message: ERRORS[code].message, retryable: isRetryable(code) };
}

/** What a conversation hears and says the server by: a socket of its own, or its share of an account's. */
import type { ClientFrame, CloseReason, ServerFrame } from "../protocol/frames.ts";
import type { OpaqueEvent } from "./incoming.ts";
import type { Position } from "./sync.ts";

export interface Line {
  /** Connects, and stays connected until `stop`. */
  start(): void;
  stop(): void;
  /** Nothing leaves before `welcome`: what is said then would be lost. */
  send(frame: ClientFrame): void;
  /** Begins again, with a new `hello`, after a pause. */
  redial(): void;
}

/**
 * Who is at the other end of a line.
 *
 * @typeParam F - frames that arrive
 * @typeParam P - what `hello` says beside its version
 */
export interface LineHandlers<F = ServerFrame | OpaqueEvent, P = Position> {
  /** Where to resume; asked for each `hello`. */
  position(): P;
  frame(frame: F): void;
  /**
   * The connection is gone.
   *
   * @param retryAt - milliseconds since 1970 of the next attempt
   * @param refusals - attempts since the last `welcome`
   */
  lost(retryAt: number, refusals: number): void;
  /** Gone for good. */
  closed(reason: CloseReason): void;
}

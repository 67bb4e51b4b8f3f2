/**
 * Sends the outbox, one change at a time: only so does the order survive a change that is refused for now or has to
 * be sent again.
 */
import type { ClientFrame, ServerFrame } from "../protocol/frames.ts";
import { backoff } from "./backoff.ts";
import { type Log, reachesBack } from "./log.ts";
import type { Outbox } from "./outbox.ts";

/** After this long without an answer, the connection counts as broken. */
const ANSWER_LIMIT_MS = 10_000;
const RETRY_FIRST_MS = 500;
const RETRY_CEILING_MS = 10_000;

interface Wire {
  send(frame: ClientFrame): void;
  redial(): void;
}

/** A connection on which the log is current. */
interface Session {
  self: string;
  log: () => Log;
  loadOlder: () => Promise<void>;
}

export class Sender {
  readonly #outbox: Outbox;
  readonly #wire: Wire;
  #session: Session | undefined;
  /** Whether it is known of everything in the outbox that the server does not have it. */
  #ready = false;
  /** The change on the wire, or about to be. */
  #flight: { id: string } | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #refusals = 0;

  constructor(outbox: Outbox, wire: Wire) {
    this.#outbox = outbox;
    this.#wire = wire;
  }

  /** Where the log stands, when a change queued now would be on the wire at once. */
  get head(): number | undefined {
    return this.#ready ? this.#session?.log().head : undefined;
  }

  async start(session: Session): Promise<void> {
    this.#session = session;
    await this.#outbox.load(session.self);
    this.#outbox.settle(session.log(), session.self);
    await this.#resolveDoubts(session);
    if (this.#session !== session) return;
    this.#ready = true;
    await this.run();
  }

  /** The connection is gone. What was on the wire is sent again after the next `start`. */
  stop(): void {
    this.#session = undefined;
    this.#ready = false;
    this.#land();
  }

  /** Looks at the outbox: goes on to its next change when the last one is through. */
  async run(): Promise<void> {
    if (this.#flight && !this.#outbox.isWaiting(this.#flight.id)) {
      this.#refusals = 0;
      this.#land();
    }
    const next = this.#outbox.next;
    if (!this.#ready || !this.#session || this.#flight || !next) return;
    const flight = { id: next.item.frame.id };
    this.#flight = flight;
    await this.#outbox.prepare(next, this.#session.self, this.#session.log().head);
    if (this.#flight !== flight) return;
    this.#wire.send(next.item.frame);
    this.#timer = setTimeout(() => this.#wire.redial(), ANSWER_LIMIT_MS);
  }

  refused({ id, code, message, retryable }: ServerFrame & { type: "nack" }): void {
    if (!retryable) {
      this.#outbox.refused(id, { code, message });
      void this.run();
    } else if (id === this.#flight?.id) {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(
        () => {
          this.#land();
          void this.run();
        },
        pause(this.#refusals++),
      );
    }
  }

  /**
   * The server recognises a repeated id only among its newest events. A message that was on a wire, on a connection
   * whose end we did not see, may be further back: look before sending it again.
   */
  async #resolveDoubts(session: Session): Promise<void> {
    for (let failures = 0; this.#session === session;) {
      const doubt = this.#outbox.inDoubtAfter;
      if (doubt === undefined || reachesBack(session.log(), doubt)) return;
      try {
        await session.loadOlder();
      } catch {
        await new Promise((resolve) => setTimeout(resolve, pause(failures++)));
      }
    }
  }

  #land(): void {
    clearTimeout(this.#timer);
    this.#flight = undefined;
  }
}

/** Milliseconds. */
function pause(failures: number): number {
  return RETRY_FIRST_MS + backoff(failures, RETRY_CEILING_MS);
}

/** The way from an account's devices to its conversations: in order, to each by a line of its own. */
import type { ErrorCode } from "../../protocol/errors.ts";
import { OrderedLine } from "../account/ordered-line.ts";
import type { Received } from "./received.ts";

const RETRY_MS = 5_000;

interface Options {
  accountId: string;
  conversations: Env["CONVERSATION"];
  /** Called with what a Conversation did not take, and why. */
  onRefused: (conversationId: string, received: Received, code: ErrorCode) => void;
  wakeBy: (at: number) => void;
}

export class ConversationLines {
  readonly #options: Options;
  readonly #lines = new Map<string, OrderedLine<Received>>();
  /** Conversations that have yet to learn that a device is here. */
  readonly #unattached = new Set<string>();

  constructor(options: Options) {
    this.#options = options;
  }

  send(id: string, received: Received): void {
    const line = this.#lines.get(id) ?? new OrderedLine((batch) => this.#hand(id, batch));
    this.#lines.set(id, line);
    line.push(received);
  }

  attach(ids: readonly string[]): void {
    for (const id of ids) this.send(id, { kind: "attach" });
  }

  detach(ids: readonly string[]): void {
    this.#unattached.clear();
    for (const id of ids) this.send(id, { kind: "detach" });
  }

  /** Resolves when all has been handed on that waits now, or could not be; or after a time limit in milliseconds. */
  async settled(limitMs: number): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const limit = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, limitMs);
    });
    await Promise.race([limit, Promise.all([...this.#lines.values()].map((line) => line.settled()))]);
    // An object does not sleep while a timer runs.
    clearTimeout(timer);
  }

  forget(id: string): void {
    this.#lines.get(id)?.drain();
    this.#lines.delete(id);
    this.#unattached.delete(id);
  }

  /** To be called from the alarm. */
  retry(): void {
    const ids = [...this.#unattached];
    this.#unattached.clear();
    this.attach(ids);
  }

  async #hand(id: string, batch: Received[]): Promise<void> {
    // Once more at once: an object that was just moved takes it now. Repeats change nothing.
    const first = await this.#attempt(id, batch);
    const code = first === "UNAVAILABLE" ? await this.#attempt(id, batch) : first;
    if (code === undefined) return;
    for (const received of batch) this.#refused(id, received, code);
  }

  async #attempt(id: string, batch: Received[]): Promise<ErrorCode | undefined> {
    const { conversations, accountId } = this.#options;
    try {
      const result = await conversations.getByName(id).receive(accountId, batch);
      return result.ok ? undefined : result.code;
    } catch {
      return "UNAVAILABLE";
    }
  }

  #refused(id: string, received: Received, code: ErrorCode): void {
    if (received.kind === "attach" && code === "UNAVAILABLE") {
      this.#unattached.add(id);
      this.#options.wakeBy(Date.now() + RETRY_MS);
    }
    this.#options.onRefused(id, received, code);
  }
}

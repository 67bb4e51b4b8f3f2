/** One SDK client in one conversation, over a line of its own that can fail. */
import { type Conversation, type OutboxStore, until } from "../../client/index.ts";
import type { FaultProxy } from "./fault-proxy.ts";
import type { Recorder } from "./recorder.ts";

/** What people chat in: a pair chat, or a conversation between accounts. */
export const KINDS = ["pair chat", "direct conversation", "group", "room"] as const;
export type Kind = (typeof KINDS)[number];

export interface PersonOptions {
  pingMs?: number;
}

/** An open tab, or app. */
interface Tab {
  conversation: Conversation;
  close(): void;
}

interface PersonParts {
  /** As the log has it: of an account the id. */
  name: string;
  line: FaultProxy;
  recorder: Recorder;
  /** Outlives its tabs. */
  outbox: OutboxStore;
}

export class Person {
  readonly name: string;
  readonly line: FaultProxy;
  readonly recorder: Recorder;
  readonly outbox: OutboxStore;
  /** Ids of what `say` sent. */
  readonly said: string[] = [];
  readonly #open: () => Tab;
  #tab: Tab;

  /** @param open - a new tab, which is not connected yet */
  constructor({ name, line, recorder, outbox }: PersonParts, open: () => Tab) {
    this.name = name;
    this.line = line;
    this.recorder = recorder;
    this.outbox = outbox;
    this.#open = open;
    this.#tab = open();
  }

  get conversation(): Conversation {
    return this.#tab.conversation;
  }

  get view() {
    return this.conversation.getView();
  }

  say(body: string): void {
    this.said.push(this.conversation.send(body));
  }

  /** How many messages of the view the server has. */
  get stored(): number {
    return this.view.messages.filter(({ seq }) => seq !== undefined).length;
  }

  /** Closes the tab, if it is open, and opens another on the same outbox. */
  reopen(): void {
    this.#tab.close();
    this.#tab = this.#open();
    this.conversation.connect();
  }

  /** Ends the connection; `conversation.connect()` begins another one. */
  close(): void {
    this.#tab.close();
  }

  async untilLive(timeoutMs = 60_000): Promise<void> {
    await until(this.conversation, ({ status, loaded }) => status === "live" && loaded, timeoutMs);
  }

  /** Resolves when this client is live, and has nothing left to send. */
  async untilSettled(timeoutMs: number): Promise<void> {
    const isSettled = () => this.view.status === "live" && this.stored === this.view.messages.length;
    await until(this.conversation, isSettled, timeoutMs).catch(() => {
      throw new Error(`${this.name} is ${this.view.status}, with ${this.view.messages.length - this.stored} unsent.`);
    });
  }

  /** Resolves when exactly `count` messages show, all of them stored. */
  async untilStored(count: number, timeoutMs = 60_000): Promise<void> {
    const isThere = () => this.view.messages.length === count && this.stored === count;
    await until(this.conversation, isThere, timeoutMs).catch(() => {
      throw new Error(`${this.name} has ${this.stored} of ${count} messages, is ${this.view.status}.`);
    });
  }
}

/** Two SDK clients, each over a line of its own that can fail, and the check of all they were told. */
import { setTimeout as sleep } from "node:timers/promises";
import { type Conversation, createDuet, type Duet, memoryOutbox, type OutboxStore, until } from "../../client/index.ts";
import type { Stack } from "../../dev/stack.ts";
import { readArchive } from "../../drizzle/archive.ts";
import { createDb } from "../../drizzle/client.ts";
import { type Evidence, findDifference } from "./checker.ts";
import { FaultProxy } from "./fault-proxy.ts";
import { findObjectFile, readObjectLog } from "./object-log.ts";
import { Recorder } from "./recorder.ts";

/** Limits of the Worker under which faults, and not limits, decide. */
export const UNLIMITED = {
  EVENTS_PER_SECOND: "100000",
  EVENT_BURST: "100000",
  REGISTRATIONS_PER_MINUTE: "100000",
  LOGINS_PER_MINUTE: "100000",
  // Hellos are limited by it, too: these clients reconnect within milliseconds, hundreds of times.
  SOCKETS_PER_PERSON: "1000",
  ARCHIVE_DELAY_MS: "100",
  ARCHIVE_INTERVAL_MS: "100",
};

export interface PersonOptions {
  pingMs?: number;
}

export class Person {
  readonly name: string;
  readonly hash: string;
  readonly line: FaultProxy;
  readonly recorder = new Recorder();
  readonly outbox: OutboxStore = memoryOutbox();
  readonly duet: Duet;
  conversation: Conversation;
  /** Ids of what `say` sent. */
  readonly said: string[] = [];

  constructor(name: string, hash: string, line: FaultProxy, options: PersonOptions) {
    this.name = name;
    this.hash = hash;
    this.line = line;
    const { webSocket } = this.recorder;
    this.duet = createDuet({ baseUrl: line.url, outbox: this.outbox, webSocket, ...options });
    this.conversation = this.duet.open(hash);
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
    this.conversation.close();
    this.conversation = this.duet.open(this.hash);
    this.conversation.connect();
  }

  async untilLive(timeoutMs = 30_000): Promise<void> {
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
  async untilStored(count: number, timeoutMs = 30_000): Promise<void> {
    const isThere = () => this.view.messages.length === count && this.stored === count;
    await until(this.conversation, isThere, timeoutMs).catch(() => {
      throw new Error(`${this.name} has ${this.stored} of ${count} messages, is ${this.view.status}.`);
    });
  }
}

export class Pair {
  readonly hash: string;
  readonly people: readonly [Person, Person];
  readonly #stack: Stack;
  readonly #directory: string;

  private constructor(hash: string, people: [Person, Person], stack: Stack, directory: string) {
    this.hash = hash;
    this.people = people;
    this.#stack = stack;
    this.#directory = directory;
  }

  /** @param directory - of the stack, whose Worker runs on plain workerd */
  static async start(stack: Stack, directory: string, options: PersonOptions = {}): Promise<Pair> {
    const port = Number(new URL(stack.url).port);
    const { hash } = await createDuet({ baseUrl: stack.url }).register({ userOne: "Abhi", userTwo: "Anny" });
    const lines = await Promise.all([FaultProxy.start(port), FaultProxy.start(port)]);
    const [abhi, anny] = [new Person("Abhi", hash, lines[0], options), new Person("Anny", hash, lines[1], options)];
    for (const { duet, name, conversation } of [abhi, anny]) {
      await duet.login({ hash, userName: name });
      conversation.connect();
    }
    await Promise.all([abhi.untilLive(), anny.untilLive()]);
    return new Pair(hash, [abhi, anny], stack, directory);
  }

  /** Everything that is known of this chat, anywhere. */
  async gather(): Promise<Evidence> {
    const file = await findObjectFile(this.#directory, this.hash);
    const log = file === undefined ? [] : await readObjectLog(file);
    const db = createDb(this.#stack.databaseUrl, 5_000);
    const archive = (await readArchive(db, this.hash, Number.MAX_SAFE_INTEGER, 1_000_000)).reverse();
    for (const { conversation } of this.people) while (conversation.getView().hasOlder) await conversation.loadOlder();
    const witnesses = this.people.map(({ name, said, view: { messages }, recorder: { acks, events } }) => ({
      name,
      said,
      messages,
      acks,
      events,
    }));
    return { log, archive, witnesses };
  }

  /** @returns what differs once everything had `timeoutMs` to settle, in one line; undefined for nothing */
  async check(timeoutMs = 20_000): Promise<string | undefined> {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const difference = findDifference(await this.gather());
      if (difference === undefined || performance.now() > deadline) return difference;
      await sleep(200);
    }
  }

  close(): void {
    for (const { conversation, line } of this.people) {
      conversation.close();
      line.stop();
    }
  }
}

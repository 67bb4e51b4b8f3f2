/** Two people who chat, each over a line of their own that can fail, and the check of all they were told. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Stack } from "../../dev/stack.ts";
import { readArchive } from "../../drizzle/archived.ts";
import { createDb } from "../../drizzle/client.ts";
import { type Evidence, findDifference } from "./checker.ts";
import { definitely } from "./definitely.ts";
import { findObjectFile, readObjectLog } from "./object-log.ts";
import { makeConversation, makePairChat } from "./pair-makers.ts";
import type { Kind, Person, PersonOptions } from "./person.ts";
import { withoutSentAt } from "./without-sent-at.ts";

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
  ACCOUNT_ARCHIVE_INTERVAL_MS: "100",
  SIGN_UPS_PER_MINUTE: "100000",
  SIGN_INS_PER_MINUTE: "100000",
  SIGN_INS_PER_ACCOUNT: "100000",
  INVITES_PER_HOUR: "100000",
  CONVERSATIONS_PER_MINUTE: "100000",
  JOINS_PER_MINUTE: "100000",
  RENAMES_PER_MINUTE: "100000",
  // 2 ms for a password instead of 250.
  PASSWORD_COST: "8",
};

export class Pair {
  /** Of a pair chat the hash, of another conversation the id. */
  readonly hash: string;
  readonly people: readonly [Person, Person];
  /** In a group or a room there is somebody who only listens. */
  readonly #listeners: readonly Person[];
  readonly #kind: Kind;
  readonly #stack: Stack;
  readonly #directory: string;

  private constructor(kind: Kind, hash: string, all: Person[], stack: Stack, directory: string) {
    const [abhi, anny, ...listeners] = all;
    if (!abhi || !anny) throw new Error("A pair is two.");
    this.#kind = kind;
    this.hash = hash;
    this.people = [abhi, anny];
    this.#listeners = listeners;
    this.#stack = stack;
    this.#directory = directory;
  }

  /** @param directory - of the stack, whose Worker runs on plain workerd */
  static async start(
    stack: Stack,
    directory: string,
    options: PersonOptions = {},
    kind: Kind = "pair chat",
  ): Promise<Pair> {
    const { hash, people } = await (kind === "pair chat"
      ? makePairChat(stack.url, options)
      : makeConversation(stack.url, kind, options));
    const pair = new Pair(kind, hash, people, stack, directory);
    for (const { conversation } of people) conversation.connect();
    try {
      await Promise.all(people.map((person) => person.untilLive()));
    } catch (error) {
      pair.close();
      throw error;
    }
    return pair;
  }

  /** Everything that is known of this chat, anywhere. */
  async gather(): Promise<Evidence> {
    const file = await findObjectFile(this.#directory, this.hash);
    const log = file === undefined ? [] : await readObjectLog(file);
    const db = createDb(this.#stack.databaseUrl, 30_000);
    const archive = (await readArchive(db, this.hash, Number.MAX_SAFE_INTEGER, 1_000_000)).reverse();
    const all = [...this.people, ...this.#listeners];
    for (const { conversation } of all)
      while (conversation.getView().hasOlder) await definitely(() => conversation.loadOlder());
    const witnesses = all.map(({ name, said, view: { messages }, recorder: { acks, events } }) => ({
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
      const evidence = await this.gather();
      const difference = findDifference(this.#kind === "pair chat" ? evidence : withoutSentAt(evidence));
      if (difference === undefined || performance.now() > deadline) return difference;
      await sleep(200);
    }
  }

  close(): void {
    for (const person of [...this.people, ...this.#listeners]) {
      person.close();
      person.line.stop();
    }
  }
}

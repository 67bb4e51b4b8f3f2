/** Two SDK clients in the Worker's isolate, in one chat, on lines that hold back, lose and end. */
import { env, exports } from "cloudflare:workers";
import { runInDurableObject } from "cloudflare:test";
import { type Conversation, createDuet, type Duet, memoryOutbox, type OutboxStore, until } from "../../client/index.ts";
import { readArchive } from "../../drizzle/archived.ts";
import { LoggedEvent } from "../../protocol/frames.ts";
import { findDifference, type LogRow } from "../faults/checker.ts";
import { HeldLine } from "./held-line.ts";
import { ORIGIN, register } from "./pair.ts";
import { db, flush } from "./stores.ts";

/** What no time mends: nothing that is in the log goes again. */
const LASTING = /^The log has/;
/** Until a healed pair agrees; generous, because it is only used up by what fails. */
const SETTLE_MS = 15_000;

export class ModelPerson {
  readonly name: string;
  readonly line = new HeldLine();
  readonly outbox: OutboxStore = memoryOutbox();
  readonly duet: Duet;
  readonly #hash: string;
  conversation: Conversation;
  #count = 0;

  constructor(name: string, hash: string) {
    this.name = name;
    this.#hash = hash;
    const { webSocket } = this.line;
    this.duet = createDuet({ baseUrl: ORIGIN, fetch: callWorker, webSocket, outbox: this.outbox, pingMs: 200 });
    this.conversation = this.duet.open(hash);
  }

  /** @returns the message's id */
  say(): string {
    this.#count += 1;
    return this.conversation.send(`${this.name} ${this.#count}`);
  }

  /** The server gets it only when the line that carried it is gone, and another one stands. */
  async sayLate(): Promise<string> {
    this.line.hold("toServer");
    const id = this.say();
    await new Promise((resolve) => setTimeout(resolve, 5));
    this.line.cut(false);
    this.line.release();
    return id;
  }

  /** @param place - 0 for the oldest message, 1 for the newest; nothing happens where there is none */
  edit(place: number): void {
    this.#at(place, true, (seq) => this.conversation.edit(seq, "edited"));
  }

  remove(place: number): void {
    this.#at(place, true, (seq) => this.conversation.remove(seq));
  }

  react(place: number): void {
    this.#at(place, false, (seq) => this.conversation.react(seq, "👍"));
  }

  /** Closes the tab, and opens another on the same outbox. */
  reopen(): void {
    this.conversation.close();
    this.conversation = this.duet.open(this.#hash);
    this.conversation.connect();
  }

  async untilSettled(): Promise<void> {
    await until(
      this.conversation,
      ({ status, messages }) => status === "live" && messages.every(({ seq }) => seq !== undefined),
      SETTLE_MS,
    );
  }

  #at(place: number, mine: boolean, act: (seq: number) => void): void {
    const { messages } = this.conversation.getView();
    const seqs = messages.flatMap((message) =>
      message.seq !== undefined && (!mine || message.mine) ? message.seq : [],
    );
    const seq = seqs[Math.round(place * (seqs.length - 1))];
    if (seq !== undefined) act(seq);
  }
}

export class ModelPair {
  readonly hash: string;
  readonly people: readonly [ModelPerson, ModelPerson];

  private constructor(hash: string) {
    this.hash = hash;
    this.people = [new ModelPerson("Abhi", hash), new ModelPerson("Anny", hash)];
  }

  static async start(): Promise<ModelPair> {
    const pair = new ModelPair(await register());
    await flush(pair.hash);
    for (const { duet, name, conversation } of pair.people) {
      await duet.login({ hash: pair.hash, userName: name });
      conversation.connect();
    }
    for (const person of pair.people) await person.untilSettled();
    return pair;
  }

  /**
   * Heals everything, and waits until both have said a last word and heard the other's.
   *
   * @param said - ids of what each was made to say, in order
   * @returns what then differs, in one line
   */
  async settle(said: readonly [string[], string[]]): Promise<string | undefined> {
    for (const { line } of this.people) {
      line.isOffline = false;
      line.losing = 0;
      line.release();
    }
    for (const [index, person] of this.people.entries()) said[index]?.push(person.say());
    for (const person of this.people) await person.untilSettled();
    let difference: string | undefined;
    for (const deadline = Date.now() + SETTLE_MS; Date.now() < deadline;) {
      difference = await this.#difference(said);
      if (difference === undefined || LASTING.test(difference)) break;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return difference;
  }

  close(): void {
    for (const { conversation } of this.people) conversation.close();
  }

  async #difference(said: readonly [string[], string[]]): Promise<string | undefined> {
    await flush(this.hash);
    const archive = (await readArchive(db, this.hash, Number.MAX_SAFE_INTEGER, 1_000)).reverse();
    const witnesses = this.people.map(({ name, conversation }, index) => ({
      name,
      said: said[index] ?? [],
      messages: conversation.getView().messages,
      acks: [],
      events: [],
    }));
    return findDifference({ log: await logRows(this.hash), archive, witnesses });
  }
}

/** From an address of its own each time: only the tests about rate limits meet them. */
function callWorker(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  const request = new Request(input, init);
  const [a, b, c] = crypto.getRandomValues(new Uint8Array(3));
  request.headers.set("CF-Connecting-IP", `10.${a}.${b}.${c}`);
  return exports.default.fetch(request);
}

function logRows(hash: string): Promise<LogRow[]> {
  return runInDurableObject(env.CONVERSATION.getByName(hash), (_, { storage }) =>
    storage.sql
      .exec<{ seq: number; sender: string; id: string; frame: string }>(
        "select seq, sender, id, frame from events order by seq",
      )
      .toArray()
      .map(({ frame, ...row }) => ({ ...row, event: LoggedEvent.parse(JSON.parse(frame)) })),
  );
}

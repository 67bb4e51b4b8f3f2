/** Keeps a number of messages in flight in each of its chats, and takes the time of all of them. */
import { setTimeout as sleep } from "node:timers/promises";
import { type Chat, openChats } from "./chats.ts";
import { cpuSeconds } from "./processes.ts";
import type { LoadScenario } from "./scenario.ts";

/** As long as most messages are. */
const BODY = "What would you say to a walk along the river, and then something to eat at the place by the bridge?";
/** Until a message that was refused for now is tried again, as another. */
const REFUSED_PAUSE_MS = 20;
const DRAIN_MS = 20_000;

export class Meter {
  readonly ackMs: number[] = [];
  readonly pushMs: number[] = [];
  refused = 0;
  readonly #scenario: LoadScenario;
  readonly #sentAt = new Map<string, { chat: Chat; at: number }>();
  readonly #waiting = new Map<Chat, number>();
  #arrived = 0;
  #inFlight = 0;
  #missing = 0;

  constructor(scenario: LoadScenario) {
    this.#scenario = scenario;
  }

  async open(): Promise<void> {
    const listener = {
      stored: (id: string) => this.#stored(id),
      refused: (id: string) => this.#refuse(id),
      arrived: (id: string, isSender: boolean) => this.#arrive(id, isSender),
    };
    for (const chat of await openChats(this.#scenario, listener)) this.#waiting.set(chat, 0);
  }

  start(): void {
    this.#inFlight = this.#scenario.inFlight;
    for (const chat of this.#waiting.keys()) this.#fill(chat);
  }

  async read() {
    const serverCpu = await cpuSeconds(this.#scenario.pid);
    const { user, system } = process.cpuUsage();
    return {
      /** Seconds. */
      at: performance.now() / 1_000,
      stored: this.ackMs.length,
      arrived: this.#arrived,
      acks: this.ackMs.length,
      pushes: this.pushMs.length,
      serverCpu,
      driverCpu: (user + system) / 1_000_000,
    };
  }

  /** Waits for everything that is under way. @throws Error when something does not arrive */
  async drain(): Promise<void> {
    this.#inFlight = 0;
    const deadline = performance.now() + DRAIN_MS;
    while (this.#missing > 0 || [...this.#waiting.values()].some((count) => count > 0)) {
      if (performance.now() > deadline) throw new Error(`${this.#scenario.contestant} lost ${this.#missing} pushes.`);
      await sleep(10);
    }
    for (const chat of this.#waiting.keys()) chat.close();
  }

  #fill(chat: Chat): void {
    let waiting = this.#waiting.get(chat) ?? 0;
    for (; waiting < this.#inFlight; waiting += 1) {
      const at = performance.now();
      this.#sentAt.set(chat.send(BODY), { chat, at });
      this.#missing += chat.audience;
    }
    this.#waiting.set(chat, waiting);
  }

  #stored(id: string): void {
    const sent = this.#sentAt.get(id);
    if (!sent) return;
    this.ackMs.push(performance.now() - sent.at);
    this.#waiting.set(sent.chat, (this.#waiting.get(sent.chat) ?? 0) - 1);
    this.#fill(sent.chat);
  }

  #refuse(id: string): void {
    const sent = this.#sentAt.get(id);
    if (!sent) return;
    this.refused += 1;
    this.#missing -= sent.chat.audience;
    setTimeout(() => {
      this.#waiting.set(sent.chat, (this.#waiting.get(sent.chat) ?? 0) - 1);
      this.#fill(sent.chat);
    }, REFUSED_PAUSE_MS);
  }

  #arrive(id: string, isSender: boolean): void {
    const sent = this.#sentAt.get(id);
    this.#arrived += 1;
    if (!sent || isSender) return;
    this.#missing -= 1;
    this.pushMs.push(performance.now() - sent.at);
  }
}

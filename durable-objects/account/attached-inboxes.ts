/**
 * The members of a conversation between accounts who have a device connected. What is pushed goes to their Inboxes,
 * once for all devices of a person; who is away costs nothing.
 */
import type { ServerFrame } from "../../protocol/frames.ts";
import type { Audience, Present, Stand } from "../audience.ts";
import type { Pushed } from "../inbox/pushed.ts";
import type { Members } from "../members.ts";
import { OrderedLine } from "./ordered-line.ts";

/** Texts that may wait for one Inbox. Whoever is that far behind resumes instead. */
const WAITING_MAX = 2_000;
/** Milliseconds until an Inbox that could not be reached is told again where the log stands. */
const RETRY_MS = 5_000;
const RETRIES = 6;

interface Options {
  conversationId: string;
  inboxes: Env["INBOX"];
  members: Members;
  /** Whether one member is to hear nothing of another. */
  hides: (name: string, viewer: string) => boolean;
  /** Of senders, for clients that are told no other names. */
  usernameOf: (id: string) => string | null;
  stand: () => Stand;
  /** Called when an Inbox turned out to have no device left. */
  onAway: (id: string) => void;
  wakeBy: (at: number) => void;
}

export class AttachedInboxes implements Audience {
  readonly #options: Options;
  readonly #lines = new Map<string, OrderedLine<Pushed>>();
  /** Accounts whose Inbox missed something, and how often in a row it could not be reached since. */
  readonly #behind = new Map<string, number>();

  constructor(options: Options) {
    this.#options = options;
    const { members } = options;
    for (const name of members.names) if (members.wasOnline(name)) this.attach(name);
  }

  isOnline(name: string): boolean {
    return this.#lines.has(name);
  }

  hasListeners(): boolean {
    return this.#lines.size > 0;
  }

  /** Begins a new line, so that what the old one is still to hear ("nobody is here") counts for nothing. */
  attach(name: string): void {
    const line: OrderedLine<Pushed> = new OrderedLine((batch) => this.#hand(name, line, batch));
    for (const waiting of this.#lines.get(name)?.drain() ?? []) line.push(waiting);
    this.#lines.set(name, line);
  }

  /** Nothing more goes to this account, not even what waits. */
  detach(name: string): void {
    this.#lines.get(name)?.drain();
    this.#lines.delete(name);
    this.#behind.delete(name);
  }

  /** Answers one device. */
  reply(name: string, device: string, pushed: Omit<Pushed, "device">): void {
    this.#push(name, { ...pushed, device });
  }

  broadcast(frame: ServerFrame, { except }: { except?: string } = {}): void {
    const pushed = { texts: [JSON.stringify(frame)] };
    for (const name of this.#lines.keys()) {
      // What has a name is of that member: their presence, their typing, how far they have read.
      const isHidden = "name" in frame && this.#options.hides(frame.name, name);
      if (name !== except && !isHidden) this.#push(name, pushed);
    }
  }

  /** Its name, its members or their roles are others now; or, to one of them alone, how they keep it. */
  noteChange(names: Iterable<string> = this.#lines.keys()): void {
    const pushed = { texts: [JSON.stringify({ type: "conversation", change: "changed" })] };
    for (const name of names) this.#push(name, pushed);
  }

  broadcastTexts(texts: readonly string[]): Present {
    if (this.#lines.size === 0) return this.#lines;
    const pushed = { texts, usernames: this.#usernames(texts) };
    for (const name of this.#lines.keys()) this.#push(name, pushed);
    return this.#lines;
  }

  /** After a death between storing and pushing: whoever lacks something finds out by where the log stands. */
  announce(): void {
    this.broadcast(this.#live());
  }

  /** To be called from the alarm. */
  retry(): void {
    for (const [name] of this.#behind) this.#push(name, { texts: [] });
  }

  setPong(): void {
    // The Inboxes see to the answers of pings: each push tells them where the log stands.
  }

  ghostAt(): number {
    return Infinity;
  }

  #usernames(texts: readonly string[]): Record<string, string> {
    const usernames: Record<string, string> = {};
    for (const text of texts) {
      const { sender }: { sender: string } = JSON.parse(text);
      usernames[sender] = this.#options.usernameOf(sender) ?? "";
    }
    return usernames;
  }

  #push(name: string, pushed: Pushed): void {
    const line = this.#lines.get(name);
    if (!line) return;
    if (line.length < WAITING_MAX) return line.push(pushed);
    line.drain();
    line.push(this.#tellingLive());
  }

  #live(): ServerFrame {
    return { type: "live", ...this.#options.stand() };
  }

  #tellingLive(): Pushed {
    return { texts: [JSON.stringify(this.#live())] };
  }

  /** Whoever missed something finds out first of all. */
  async #hand(name: string, line: OrderedLine<Pushed>, batch: Pushed[]): Promise<void> {
    const told = this.#behind.has(name) ? [this.#tellingLive(), ...batch] : batch;
    const isHeard = (await this.#attempt(name, told)) ?? (await this.#attempt(name, told));
    // It was attached anew meanwhile, or detached.
    if (this.#lines.get(name) !== line) return;
    if (isHeard === undefined) return this.#missed(name);
    this.#behind.delete(name);
    if (!isHeard) this.#away(name);
  }

  /** @returns whether anybody is there, or undefined when the Inbox could not be reached */
  async #attempt(name: string, batch: Pushed[]): Promise<boolean | undefined> {
    const { inboxes, conversationId, stand } = this.#options;
    try {
      return await inboxes.getByName(name).push(conversationId, batch, stand());
    } catch {
      return undefined;
    }
  }

  #missed(name: string): void {
    const failures = (this.#behind.get(name) ?? 0) + 1;
    this.#behind.set(name, failures);
    if (failures > RETRIES) this.#away(name);
    else this.#options.wakeBy(Date.now() + RETRY_MS * failures);
  }

  #away(name: string): void {
    this.detach(name);
    this.#options.onAway(name);
  }
}

/** One open conversation: what I do goes into the outbox, what arrives into the log, and both into one view. */
import type { ChangeFrame, CloseReason, Member, ServerFrame } from "../protocol/frames.ts";
import { Feed, type FeedOptions } from "./feed.ts";
import { newId } from "./ids.ts";
import type { Log } from "./log.ts";
import { withPresence, withReceipt } from "./members.ts";
import { Outbox } from "./outbox.ts";
import type { OutboxStore } from "./outbox-store.ts";
import { Sender } from "./sender.ts";
import { Signals } from "./signals.ts";
import type { Conversation, ConversationView } from "./types.ts";
import { MessageList } from "./view.ts";
import { NOTHING_DEGRADED, type Standing, ViewState } from "./view-state.ts";

const NO_MESSAGES: ConversationView["messages"] = [];

export class OpenConversation implements Conversation {
  readonly #feed: Feed;
  readonly #outbox: Outbox;
  readonly #sender: Sender;
  readonly #signals: Signals;
  readonly #messages = new MessageList();
  readonly #state: ViewState;

  constructor(options: FeedOptions, store: OutboxStore) {
    this.#feed = new Feed(options, {
      onFrame: (frame) => this.#receive(frame),
      onChange: () => this.#progress(),
      onLost: (retryAt) => this.#lost(retryAt),
      onEnd: (reason) => this.#end(reason),
    });
    this.#outbox = new Outbox(options.hash, store);
    this.#sender = new Sender(this.#outbox, this.#feed);
    this.#state = new ViewState(() => this.#makeView());
    this.#signals = new Signals(
      (frame) => this.#feed.send(frame),
      () => this.#state.change(),
    );
  }

  connect(): void {
    if (this.#isOpen) return;
    this.#state.change({ status: this.#statusWhileDown, closeReason: undefined, ended: undefined });
    this.#feed.start();
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#feed.stop();
    this.#pause();
    this.#state.change({ status: "idle", retryAt: undefined });
  }

  subscribe(listener: () => void): () => void {
    return this.#state.subscribe(listener);
  }

  getView(): ConversationView {
    return this.#state.view;
  }

  send(body: string, { replyTo }: { replyTo?: number } = {}): string {
    const id = newId();
    this.#signals.typing.reset();
    this.#queue({ type: "send", id, body, sentAt: Date.now(), ...(replyTo !== undefined && { replyTo }) });
    return id;
  }

  edit(seq: number, body: string): void {
    this.#queue({ type: "edit", id: newId(), seq, body });
  }

  remove(seq: number): void {
    this.#queue({ type: "delete", id: newId(), seq });
  }

  react(seq: number, emoji: string | null): void {
    this.#queue({ type: "react", id: newId(), seq, emoji });
  }

  retry(id: string): void {
    this.#outbox.retry(id, this.#sender.head);
    this.#progress();
  }

  discard(id: string): void {
    const message = this.#feed.log?.messages.find((logged) => logged.id === id);
    this.#outbox.discard(id, message?.seq);
    this.#progress();
  }

  setTyping(on: boolean): void {
    if (this.#state.standing.status === "live") this.#signals.typing.set(on);
  }

  markRead(seq: number): void {
    this.#signals.read.raise(Math.min(seq, this.#feed.log?.head ?? 0));
    this.#state.change();
  }

  loadOlder(): Promise<void> {
    return this.#feed.loadOlder();
  }

  get #isOpen(): boolean {
    const { status } = this.#state.standing;
    return status !== "idle" && status !== "closed";
  }

  get #statusWhileDown(): "connecting" | "reconnecting" {
    return this.getView().loaded ? "reconnecting" : "connecting";
  }

  #queue(frame: ChangeFrame): void {
    this.#outbox.add(frame, this.#state.standing.self, this.#sender.head);
    this.#progress();
  }

  #receive(frame: ServerFrame): void {
    const { self, members } = this.#state.standing;
    switch (frame.type) {
      case "welcome":
        this.#state.change({
          self: frame.self,
          members: frame.members,
          degraded: NOTHING_DEGRADED,
          retryAt: undefined,
        });
        return this.#progress();
      case "message":
        this.#signals.typists.set(frame.sender, false);
        return this.#progress();
      case "edited":
      case "deleted":
      case "reaction":
        return this.#progress();
      case "ack":
        this.#outbox.stored(frame.id, frame.seq, frame.at);
        return this.#progress();
      case "nack":
        this.#sender.refused(frame);
        return this.#progress();
      case "typing":
        if (frame.name !== self) this.#signals.typists.set(frame.name, frame.on);
        return;
      case "presence":
        return this.#state.change({ members: withPresence(members, frame) });
      case "receipt":
        return this.#state.change({ members: withReceipt(members, frame) });
      case "degraded":
        return this.#state.change({ degraded: { postgres: frame.postgres, redis: frame.redis } });
      case "ended":
        return this.#state.change({ ended: { by: frame.by, at: frame.at } });
      case "live":
      case "pong":
        return;
      default:
        frame satisfies never;
    }
  }

  /** The log or the outbox has changed: does what follows from it. */
  #progress(): void {
    const { log, isCurrent } = this.#feed;
    const { self, members, status } = this.#state.standing;
    if (log && self !== undefined) {
      this.#outbox.settle(log, self);
      if (isCurrent && status !== "live") this.#goLive(log, self, members);
      this.#signals.delivered.raise(log.messages.findLast(({ sender }) => sender !== self)?.seq ?? 0);
    }
    void this.#sender.run();
    this.#state.change();
  }

  #goLive(log: Log, self: string, members: readonly Member[]): void {
    this.#state.change({ status: "live" });
    const me = members.find(({ name }) => name === self);
    if (me) this.#signals.resume(me);
    void this.#sender.start({ self, log: () => this.#feed.log ?? log, loadOlder: () => this.loadOlder() });
  }

  #lost(retryAt: number): void {
    this.#pause();
    this.#state.change({ status: this.#statusWhileDown, retryAt });
  }

  #end(reason: CloseReason): void {
    if (!this.#isOpen) return;
    this.#pause();
    // Who signed out, or ended the chat, wants nothing of it left in this browser. Others may sign in and go on.
    if (reason === "ENDED" || reason === "REVOKED") {
      this.#outbox.clear();
      this.#feed.clear();
    }
    this.#state.change({ status: "closed", closeReason: reason, retryAt: undefined });
  }

  /** Not connected: nothing can be told. */
  #pause(): void {
    this.#sender.stop();
    this.#signals.pause();
  }

  #makeView(): Omit<ConversationView, keyof Standing> {
    const { log } = this.#feed;
    const { self, members } = this.#state.standing;
    const loaded = log !== undefined && self !== undefined;
    const mine = members.find(({ name }) => name === self);
    return {
      typing: this.#signals.typists.names,
      messages: loaded ? this.#messages.make({ log, pending: this.#outbox.pending, members, self }) : NO_MESSAGES,
      loaded,
      hasOlder: log !== undefined && log.olderCursor !== null,
      loadingOlder: this.#feed.isLoadingOlder,
      readSeq: Math.max(this.#signals.read.seq, mine?.readSeq ?? 0),
    };
  }
}

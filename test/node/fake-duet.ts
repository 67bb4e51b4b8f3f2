/**
 * The server's side of the socket protocol and of history, in memory: for tests of what the SDK does when frames get
 * lost, late or cut off. The SDK's end-to-end tests run against the real one.
 */
import type { ChangeFrame, LoggedEvent, Member, ServerFrame } from "../../protocol/frames.ts";
import { ClientFrame, PING } from "../../protocol/frames.ts";
import { applyChange, toTranscriptMessage, type TranscriptMessage } from "../../protocol/transcript.ts";
import { createDuet, type Duet, memoryOutbox, type OutboxStore, type WebSocketLike } from "../../client/index.ts";
import { FakeSocket } from "./fake-socket.ts";

export const HASH = "3kT9vQx7LmZp2RfYc8WbNd";
const PAGE = 5;

/** Messages as someone who has the whole log sees them. */
export function fold(log: readonly LoggedEvent[]): TranscriptMessage[] {
  const messages = new Map<number, TranscriptMessage>();
  for (const event of log) {
    if (event.type === "message") messages.set(event.seq, toTranscriptMessage(event));
    else {
      const target = messages.get(event.target);
      if (target) messages.set(event.target, applyChange(target, event));
    }
  }
  return [...messages.values()];
}

export class FakeDuet {
  epoch = "e1";
  log: LoggedEvent[] = [];
  /** Newest events that are replayed, and in which repeated ids are recognised. */
  kept = Infinity;
  ended = false;
  signedIn = true;
  /** Whether calls and upgrades get an answer. */
  reachable = true;
  /** Milliseconds a frame or an answer takes, asked each time. */
  latency = () => 5;
  /** Decides which frames to a client get lost. */
  loses = (_frame: ServerFrame) => false;
  /** Answers a change in the server's place. */
  refuses = (_frame: ChangeFrame): { code: string; retryable: boolean } | undefined => undefined;
  /** Everything clients sent over sockets, pings excepted. */
  readonly received: { name: string; frame: ClientFrame }[] = [];
  readonly requests: string[] = [];
  readonly sockets = new Set<FakeSocket>();
  readonly #ids = new Map<string, number>();
  readonly members = new Map<string, Member>(
    ["Abhi", "Anny"].map((name) => [name, { name, online: false, lastSeen: null, readSeq: 0, deliveredSeq: 0 }]),
  );

  /** A client signed in as `name`; a function when that changes. */
  client(name: string | (() => string), options: { outbox?: OutboxStore } = {}): Duet {
    const self = typeof name === "string" ? () => name : name;
    return createDuet({
      baseUrl: "http://duet.test",
      outbox: options.outbox ?? memoryOutbox(),
      fetch: (input) => this.#answer(new URL(new Request(input).url), self()),
      webSocket: () => this.#open(self()),
    });
  }

  /** Stores and pushes a change as if `name` had made it on another device. */
  change(name: string, frame: ChangeFrame): LoggedEvent {
    const event = this.#store(name, frame);
    this.push(event);
    return event;
  }

  message(name: string, body: string, id = `${name}-${this.log.length}`): LoggedEvent {
    return this.change(name, { type: "send", id, body });
  }

  push(frame: ServerFrame): void {
    for (const socket of this.sockets) if (socket.isGreeted) socket.push(frame);
  }

  /** Ends every connection, after what is on its way. */
  end(code: number, reason: string): void {
    for (const socket of this.sockets) socket.end(code, reason);
  }

  /** Cuts every connection: nothing on its way to a client arrives, and of what clients sent only some. */
  cut(): void {
    for (const socket of this.sockets) socket.cut();
  }

  sent<T extends ClientFrame["type"]>(type: T): (ClientFrame & { type: T })[] {
    const isOfType = (frame: ClientFrame): frame is ClientFrame & { type: T } => frame.type === type;
    return this.received.map(({ frame }) => frame).filter(isOfType);
  }

  receive(socket: FakeSocket, text: string): void {
    if (text === PING) return socket.push({ type: "pong", epoch: this.epoch, head: this.log.length });
    const frame = ClientFrame.parse(JSON.parse(text));
    this.received.push({ name: socket.name, frame });
    switch (frame.type) {
      case "hello":
        return this.#greet(socket, frame);
      case "send":
      case "edit":
      case "delete":
      case "react":
        return this.#take(socket, frame);
      case "delivered":
      case "read":
        return this.#mark(socket.name, frame);
      case "typing":
        return;
      default:
        frame satisfies never;
    }
  }

  #open(name: string): WebSocketLike {
    const socket = new FakeSocket(this, name);
    this.sockets.add(socket);
    if (this.reachable && this.signedIn && !this.ended) socket.accept();
    else socket.cut();
    return socket;
  }

  #greet(socket: FakeSocket, { epoch, since }: ClientFrame & { type: "hello" }): void {
    const head = this.log.length;
    const recovered = epoch === this.epoch && since !== undefined && since >= head - this.kept && since <= head;
    const members = [...this.members.values()];
    socket.push({ type: "welcome", v: 1, epoch: this.epoch, head, recovered, self: socket.name, members });
    if (recovered) for (const event of this.log.slice(since)) socket.push(event);
    socket.push({ type: "live", head });
    socket.isGreeted = true;
  }

  #take(socket: FakeSocket, frame: ChangeFrame): void {
    const { id } = frame;
    const refusal = this.refuses(frame);
    if (refusal) return socket.push({ type: "nack", id, message: "", ...refusal });
    const known = this.#ids.get(`${socket.name} ${id}`) ?? 0;
    const seq = known > this.log.length - this.kept ? known : 0;
    const event = this.log[seq - 1] ?? this.change(socket.name, frame);
    socket.push({ type: "ack", id, seq: event.seq, at: event.at });
  }

  #mark(name: string, { type, seq }: ClientFrame & { type: "delivered" | "read" }): void {
    const member = this.members.get(name);
    if (!member) return;
    member[type === "read" ? "readSeq" : "deliveredSeq"] = seq;
    const { readSeq, deliveredSeq } = member;
    this.push({ type: "receipt", name, readSeq, deliveredSeq });
  }

  #store(sender: string, frame: ChangeFrame): LoggedEvent {
    const place = { seq: this.log.length + 1, sender, at: Date.now() };
    const event = toEvent(frame, place);
    this.log.push(event);
    this.#ids.set(`${sender} ${frame.id}`, event.seq);
    return event;
  }

  async #answer(url: URL, name: string): Promise<Response> {
    this.requests.push(`${url.pathname}${url.search}`.replace(`/chat-server/user/${HASH}`, ""));
    await later(this.latency());
    if (!this.reachable) throw new TypeError("fetch failed");
    if (this.ended) return failure("CHAT_ENDED", 410);
    const data = url.pathname.endsWith("/messages") ? this.page(url.searchParams.get("before")) : this.#chat(name);
    const isRefused = url.pathname.endsWith("/messages") && !this.signedIn;
    // What was read waits on its way back.
    await later(this.latency());
    return isRefused ? failure("NOT_SIGNED_IN", 401) : Response.json({ status: "OK", code: 200, data });
  }

  #chat(name: string) {
    return { hash: HASH, users: ["Abhi", "Anny"], self: this.signedIn ? name : null, ended: false };
  }

  /** @param before - of the query */
  page(before: string | null) {
    const found = fold(this.log).filter(({ seq }) => seq < Number(before ?? Infinity));
    const messages = found.slice(-PAGE).reverse();
    const nextCursor = found.length > PAGE ? String(messages.at(-1)?.seq) : null;
    return { messages, nextCursor, epoch: this.epoch, head: this.log.length };
  }
}

function toEvent(frame: ChangeFrame, place: { seq: number; sender: string; at: number }): LoggedEvent {
  switch (frame.type) {
    case "send":
      return { ...frame, ...place, type: "message" };
    case "edit":
      return { ...place, type: "edited", target: frame.seq, body: frame.body };
    case "delete":
      return { ...place, type: "deleted", target: frame.seq };
    case "react":
      return { ...place, type: "reaction", target: frame.seq, emoji: frame.emoji };
    default:
      return frame satisfies never;
  }
}

export function failure(code: string, status: number): Response {
  return Response.json({ status: "Failed", code: status, error: { code, message: "", requestId: "r-1" } }, { status });
}

export function later(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

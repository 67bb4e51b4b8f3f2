/** A plain client of the account socket: one person in one conversation, who resends until there is an ack. */
import { setTimeout as sleep } from "node:timers/promises";

interface Frame {
  type: string;
  conversation_id?: string;
  seq?: number;
  id?: string;
  body?: string;
  epoch?: string;
  head?: number;
  recovered?: boolean;
}

const RECONNECT_MS = 50;

export class AccountClient {
  readonly #url: URL;
  readonly #token: string;
  readonly #conversation: string;
  /** Ids in the order of the log, from its beginning. */
  readonly log: string[] = [];
  readonly acked = new Set<string>();
  readonly #outbox = new Map<string, string>();
  #epoch: string | undefined;
  #socket: WebSocket | undefined;
  #isLive = false;
  #isClosed = false;

  constructor(origin: string, token: string, conversation: string) {
    this.#url = new URL("/chat-server/ws", origin.replace("http", "ws"));
    this.#token = token;
    this.#conversation = conversation;
    this.#connect();
  }

  send(body: string): void {
    const id = crypto.randomUUID();
    this.#outbox.set(id, body);
    if (this.#isLive) this.#say(id, body);
  }

  /** Resolves once the log is as long, and nothing waits for an ack. */
  async untilStored(count: number): Promise<void> {
    const deadline = Date.now() + 60_000;
    while (this.log.length < count || this.#outbox.size > 0) {
      if (Date.now() > deadline) throw new Error(`Only ${this.log.length} of ${count}, ${this.#outbox.size} unacked.`);
      await sleep(20);
    }
  }

  /** Ends the connection as a network would that fails. */
  cut(): void {
    this.#socket?.close();
  }

  close(): void {
    this.#isClosed = true;
    this.#socket?.close();
  }

  #connect(): void {
    if (this.#isClosed) return;
    const socket = new WebSocket(this.#url, ["duet.v1", this.#token]);
    this.#socket = socket;
    socket.addEventListener("open", () => {
      const place = { conversation_id: this.#conversation, ...this.#position() };
      socket.send(JSON.stringify({ type: "hello", v: 1, conversations: [place] }));
    });
    socket.addEventListener("message", ({ data }) => this.#hear(JSON.parse(String(data))));
    socket.addEventListener("error", () => {});
    socket.addEventListener("close", () => {
      this.#isLive = false;
      if (this.#socket === socket) setTimeout(() => this.#connect(), RECONNECT_MS);
    });
  }

  #position() {
    return this.#epoch === undefined ? {} : { epoch: this.#epoch, since: this.log.length };
  }

  #hear(frame: Frame): void {
    if (frame.conversation_id !== this.#conversation) return;
    switch (frame.type) {
      case "welcome":
        if (this.#epoch !== undefined && !frame.recovered) throw new Error("What was missed was not replayed.");
        this.#epoch = frame.epoch;
        return;
      case "live":
        if ((frame.head ?? 0) > this.log.length) return this.#catchUp();
        this.#isLive = true;
        for (const [id, body] of this.#outbox) this.#say(id, body);
        return;
      case "message":
        return this.#take(frame);
      case "ack":
        this.acked.add(frame.id ?? "");
        this.#outbox.delete(frame.id ?? "");
        return;
      case "nack":
        setTimeout(() => this.#say(frame.id ?? "", this.#outbox.get(frame.id ?? "") ?? ""), 100);
        return;
      default:
    }
  }

  #take({ seq = 0, id = "" }: Frame): void {
    if (seq === this.log.length + 1) this.log.push(id);
    else if (seq > this.log.length) this.#catchUp();
    else if (this.log[seq - 1] !== id) throw new Error(`Two messages at ${seq}.`);
  }

  #catchUp(): void {
    const hello = { type: "hello", v: 1, conversation_id: this.#conversation, ...this.#position() };
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(hello));
  }

  #say(id: string, body: string): void {
    const frame = { type: "send", conversation_id: this.#conversation, id, body };
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(frame));
  }
}

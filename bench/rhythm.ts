/** Two people who chat over bare sockets, saying on the wire just what the SDK says, in a rhythm that can be sped up. */
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { createDuet } from "../client/index.ts";
import { type ClientFrame, parseServerFrame, PROTOCOL_VERSION, type ServerFrame } from "../protocol/frames.ts";

/** In one chat, as in life: before it is sped up. */
export interface Rhythm {
  messages: number;
  /** Milliseconds from one to the next, on average: from half as many to half as many again. */
  gapMs: number;
}

/** How often the SDK tells how far it has received, and read. */
const MARK_INTERVAL_MS = 1_000;
const NAMES = ["Abhi", "Anny"] as const;
/** The mean length of a chat message, about: Seufert et al. 2015 found 30 to 40 characters in WhatsApp. */
const BODY = "Just now. The train was late again.";

/** A person at the other end of a socket. */
class Talker {
  readonly #socket: WebSocket;
  readonly #name: string;
  readonly #speed: number;
  #heard = 0;
  #told = 0;
  #markTimer: NodeJS.Timeout | undefined;
  #acks = 0;
  #waiting: (() => void) | undefined;

  constructor(socket: WebSocket, name: string, speed: number) {
    this.#socket = socket;
    this.#name = name;
    this.#speed = speed;
    socket.addEventListener("message", ({ data }) => {
      const frame = parseServerFrame(String(data));
      if (frame) this.#receive(frame);
    });
  }

  tell(frame: ClientFrame): void {
    this.#socket.send(JSON.stringify(frame));
  }

  /** @param id - of the message: unlike any other of this chat */
  say(id: string): void {
    this.tell({ type: "typing", on: true });
    this.tell({ type: "send", id, body: BODY, sentAt: Date.now() });
  }

  async untilAcked(count: number): Promise<void> {
    while (this.#acks < count) {
      await new Promise<void>((resolve) => {
        this.#waiting = resolve;
      });
    }
  }

  leave(): void {
    clearTimeout(this.#markTimer);
    this.#socket.close();
  }

  #receive(frame: ServerFrame): void {
    if (frame.type === "nack") throw new Error(`Refused: ${frame.code}`);
    if (frame.type === "ack") {
      this.#acks += 1;
      this.#waiting?.();
    }
    if (frame.type !== "message" || frame.sender === this.#name) return;
    this.#heard = frame.seq;
    this.#mark();
  }

  #mark(): void {
    if (this.#markTimer !== undefined || this.#told === this.#heard) return;
    this.#told = this.#heard;
    this.tell({ type: "delivered", seq: this.#told });
    this.tell({ type: "read", seq: this.#told });
    this.#markTimer = setTimeout(() => {
      this.#markTimer = undefined;
      this.#mark();
    }, MARK_INTERVAL_MS / this.#speed);
  }
}

/** A chat, and its two people. */
export class Talk {
  readonly hash: string;
  readonly #url: string;
  readonly #cookies: [string, string];
  readonly #speed: number;
  #pair: [Talker, Talker] | undefined;
  /** How often they came. */
  #visit = 0;
  #said = 0;

  private constructor(url: string, hash: string, cookies: [string, string], speed: number) {
    this.#url = url;
    this.hash = hash;
    this.#cookies = cookies;
    this.#speed = speed;
  }

  /**
   * Registers a chat and signs both in.
   *
   * @param speed - how much faster than in life they are
   */
  static async start(url: string, speed = 1): Promise<Talk> {
    const { hash } = await createDuet({ baseUrl: url }).register({ userOne: NAMES[0], userTwo: NAMES[1] });
    return new Talk(url, hash, [await signIn(url, hash, NAMES[0]), await signIn(url, hash, NAMES[1])], speed);
  }

  async come(): Promise<void> {
    this.#pair = [await this.#connect(0), await this.#connect(1)];
    this.#visit += 1;
    this.#said = 0;
  }

  leave(): void {
    for (const talker of this.#pair ?? []) talker.leave();
    this.#pair = undefined;
  }

  /** How many messages were said since they came. */
  get said(): number {
    return this.#said;
  }

  /** The two take turns, until `signal` aborts. */
  async talk({ messages, gapMs }: Rhythm, signal?: AbortSignal): Promise<void> {
    if (!this.#pair) throw new Error("Nobody is there.");
    const [one, other] = this.#pair;
    let next = performance.now();
    for (let count = 0; count < messages; count++) {
      if (signal?.aborted) break;
      await sleep(Math.max(0, next - performance.now()));
      // Uneven, as people are: what is even falls into step with the product's own waits.
      next += ((0.5 + Math.random()) * gapMs) / this.#speed;
      (this.#said % 2 === 0 ? one : other).say(`${this.#visit}-${this.#said}`);
      this.#said += 1;
    }
    await Promise.all([one.untilAcked(Math.ceil(this.#said / 2)), other.untilAcked(Math.floor(this.#said / 2))]);
  }

  /** Another connection of one of the two. */
  openSocket(index: 0 | 1): WebSocket {
    const address = `${this.#url.replace(/^http/, "ws")}/chat-server/user/${this.hash}/ws`;
    // Node's WebSocket takes headers where the standard has protocols.
    return Reflect.construct(WebSocket, [address, { headers: this.headers(index) }]);
  }

  /** What a request of one of the two carries. */
  headers(index: 0 | 1): { cookie: string } {
    return { cookie: this.#cookies[index] };
  }

  async #connect(index: 0 | 1): Promise<Talker> {
    const socket = this.openSocket(index);
    await once(socket, "open");
    const talker = new Talker(socket, NAMES[index], this.#speed);
    talker.tell({ type: "hello", v: PROTOCOL_VERSION });
    return talker;
  }
}

/** @returns the `Cookie` header of a new session */
async function signIn(url: string, hash: string, userName: string): Promise<string> {
  const response = await fetch(`${url}/chat-server/user/${userName}/login`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ userName, hash }),
  });
  if (!response.ok) throw new Error(`Login answered ${response.status}.`);
  return response.headers
    .getSetCookie()
    .map((cookie) => cookie.split(";", 1)[0])
    .join("; ");
}

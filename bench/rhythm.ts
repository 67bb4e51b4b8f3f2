/** People who chat over bare sockets, saying on the wire just what the SDK says, in a rhythm that can be sped up. */
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { createDuet } from "../client/index.ts";
import { type ClientFrame, parseServerFrame, PROTOCOL_VERSION, type ServerFrame } from "../protocol/frames.ts";

/** As in life, before it is sped up. */
export interface Rhythm {
  chats: number;
  /** In each chat, the two taking turns. */
  messages: number;
  /** Milliseconds between two messages in a chat. */
  gapMs: number;
}

/** How often the SDK tells how far it has received, and read. */
const MARK_INTERVAL_MS = 1_000;
const NAMES = ["Abhi", "Anny"] as const;
/** The mean length of a chat message, about: Seufert et al. 2015 found 30 to 40 characters in WhatsApp. */
const BODY = "Just now. The train was late again.";

/** A person at the other end of a socket. */
export class Talker {
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

export interface Talk {
  hash: string;
  pair: [Talker, Talker];
}

/**
 * Registers a chat, signs both in and connects them.
 *
 * @param speed - how much faster than in life they are
 */
export async function startTalk(url: string, speed = 1): Promise<Talk> {
  const { hash } = await createDuet({ baseUrl: url }).register({ userOne: NAMES[0], userTwo: NAMES[1] });
  return { hash, pair: [await arrive(url, hash, NAMES[0], speed), await arrive(url, hash, NAMES[1], speed)] };
}

async function arrive(url: string, hash: string, name: string, speed: number): Promise<Talker> {
  const cookie = await signIn(url, hash, name);
  // Node's WebSocket takes headers where the standard has protocols.
  const address = `${url.replace(/^http/, "ws")}/chat-server/user/${hash}/ws`;
  const socket: WebSocket = Reflect.construct(WebSocket, [address, { headers: { cookie } }]);
  await once(socket, "open");
  const talker = new Talker(socket, name, speed);
  talker.tell({ type: "hello", v: PROTOCOL_VERSION });
  return talker;
}

/** @returns the `Cookie` header of a new session */
export async function signIn(url: string, hash: string, userName: string): Promise<string> {
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

/** Resolves when every message is acknowledged. */
export async function talk(talks: readonly Talk[], rhythm: Rhythm, speed: number): Promise<void> {
  const gapMs = rhythm.gapMs / speed;
  await Promise.all(
    talks.map(async ({ pair }, index) => {
      // Not all in step.
      const start = performance.now() + (gapMs * index) / talks.length;
      for (let said = 0; said < rhythm.messages; said++) {
        await sleep(Math.max(0, start + said * gapMs - performance.now()));
        pair[said % 2 === 0 ? 0 : 1].say(`m${said}`);
      }
      await Promise.all([
        pair[0].untilAcked(Math.ceil(rhythm.messages / 2)),
        pair[1].untilAcked(Math.floor(rhythm.messages / 2)),
      ]);
    }),
  );
}

/** One device of an account: an SDK client on a line of its own that can fail, which opens every conversation it is told of. */
import {
  type Account,
  type AccountEvent,
  type Conversation,
  createAccount,
  memoryOutbox,
  memoryTokens,
  type WebSocketLike,
} from "../../client/account/index.ts";
import { type LoggedEvent, parseServerFrame } from "../../protocol/frames.ts";
import { FaultProxy } from "./fault-proxy.ts";
import { type Ack, isLogged } from "./recorder.ts";

/** An event that arrived, pushed or replayed, and when, in milliseconds since 1970. */
export interface Hearing {
  event: LoggedEvent;
  at: number;
}

/** What a device heard of one conversation, and said in it. */
export interface Share {
  heard: Hearing[];
  acks: Ack[];
  /** Ids of its messages, in the order of writing. */
  said: string[];
}

export class Device {
  readonly name: string;
  readonly line: FaultProxy;
  readonly #url: string;
  readonly #tokens = memoryTokens();
  readonly #outbox = memoryOutbox();
  readonly #shares = new Map<string, Share>();
  /** Conversations that its account is in, as far as this device knows. */
  readonly #ids = new Set<string>();
  account: Account;

  private constructor(name: string, url: string, line: FaultProxy) {
    this.name = name;
    this.#url = url;
    this.line = line;
    this.account = this.#open();
  }

  /** @param url - of the Worker: calls go there, and only the socket takes the line */
  static async start(name: string, url: string): Promise<Device> {
    return new Device(name, url, await FaultProxy.start(Number(new URL(url).port)));
  }

  get ids(): readonly string[] {
    return [...this.#ids];
  }

  conversation(id: string): Conversation {
    return this.account.open(id);
  }

  share(id: string): Share {
    const share = this.#shares.get(id) ?? { heard: [], acks: [], said: [] };
    this.#shares.set(id, share);
    return share;
  }

  say(id: string, body: string): void {
    this.share(id).said.push(this.conversation(id).send(body));
  }

  /** Closes the app, and opens it again: what it has not sent, and its login, are still there. */
  reopen(): void {
    this.account.close();
    this.account = this.#open();
    this.account.connect();
  }

  stop(): void {
    this.account.close();
    this.line.stop();
  }

  #open(): Account {
    const account = createAccount({
      baseUrl: this.#url,
      tokens: this.#tokens,
      outbox: this.#outbox,
      pingMs: 2_000,
      webSocket: (url, _headers, protocols) => this.#dial(url, protocols),
    });
    account.subscribe((event) => this.#tell(account, event));
    // Kept up to date for as long as somebody looks.
    account.list.subscribe(() => undefined);
    return account;
  }

  #dial(url: string, protocols: string[] | undefined): WebSocketLike {
    const overLine = new URL(url);
    overLine.port = String(this.line.port);
    const socket = new WebSocket(overLine, protocols);
    socket.addEventListener("message", ({ data }) => this.#hear(String(data)));
    return socket;
  }

  #hear(text: string): void {
    const { conversation_id: id }: { conversation_id?: string } = JSON.parse(text);
    const frame = id === undefined ? undefined : parseServerFrame(text);
    if (!frame || id === undefined) return;
    if (isLogged(frame)) this.share(id).heard.push({ event: frame, at: Date.now() });
    if (frame.type === "ack") this.share(id).acks.push({ id: frame.id, seq: frame.seq });
  }

  #tell(account: Account, event: AccountEvent): void {
    if (event.type === "connected") {
      this.#ids.clear();
      for (const { conversation_id: id } of event.conversations) this.#enter(account, id);
    }
    if (event.type !== "conversation") return;
    if (event.change === "added") this.#enter(account, event.conversation_id);
    if (event.change === "removed") this.#ids.delete(event.conversation_id);
  }

  #enter(account: Account, id: string): void {
    this.#ids.add(id);
    account.open(id).connect();
  }
}

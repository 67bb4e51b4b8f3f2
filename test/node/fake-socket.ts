/** A connection of the fake server's. */
import type { WebSocketLike } from "../../client/index.ts";
import type { ServerFrame } from "../../protocol/frames.ts";

interface Server {
  readonly sockets: Set<FakeSocket>;
  latency(): number;
  loses(frame: ServerFrame): boolean;
  receive(socket: FakeSocket, text: string): void;
}

/** Frames arrive in order, each after the server's latency. */
export class FakeSocket extends EventTarget implements WebSocketLike {
  readonly #server: Server;
  readonly name: string;
  isOpen = true;
  /** Has said hello. */
  isGreeted = false;
  #arrival = 0;

  constructor(server: Server, name: string) {
    super();
    this.#server = server;
    this.name = name;
  }

  accept(): void {
    this.#toClient(new Event("open"));
  }

  send(text: string): void {
    if (!this.isOpen) return;
    const survivesCut = this.#server.latency() % 2 === 0;
    this.#inOrder(() => {
      if (this.isOpen || survivesCut) this.#server.receive(this, text);
    });
  }

  push(frame: ServerFrame): void {
    if (!this.#server.loses(frame)) this.pushText(JSON.stringify(frame));
  }

  pushText(data: string): void {
    this.#toClient(new MessageEvent("message", { data }));
  }

  /** The server closes it. */
  end(code: number, reason: string): void {
    this.#server.sockets.delete(this);
    this.#toClient(Object.assign(new Event("close"), { code, reason }));
  }

  cut(): void {
    this.close();
    this.#inOrder(() => this.dispatchEvent(Object.assign(new Event("close"), { code: 1006, reason: "" })));
  }

  /** The client closes it. */
  close(): void {
    this.isOpen = false;
    this.#server.sockets.delete(this);
  }

  #toClient(event: Event): void {
    this.#inOrder(() => {
      if (this.isOpen) this.dispatchEvent(event);
    });
  }

  #inOrder(act: () => void): void {
    this.#arrival = Math.max(this.#arrival, Date.now() + this.#server.latency());
    setTimeout(act, this.#arrival - Date.now());
  }
}

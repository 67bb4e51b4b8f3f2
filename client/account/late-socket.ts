/** A socket that can be listened to before it can be dialled: while its token is being renewed, say. */
import type { WebSocketLike } from "../transport.ts";

export class LateSocket implements WebSocketLike {
  readonly #socket: Promise<WebSocketLike>;

  /** @param socket - when it rejects, nothing is ever heard */
  constructor(socket: Promise<WebSocketLike>) {
    this.#socket = socket;
  }

  addEventListener(type: string, listener: EventListener, options?: AddEventListenerOptions): void {
    this.#act((socket) => socket.addEventListener(type, listener, options));
  }

  send(data: Parameters<WebSocketLike["send"]>[0]): void {
    this.#act((socket) => socket.send(data));
  }

  close(): void {
    this.#act((socket) => socket.close());
  }

  #act(act: (socket: WebSocketLike) => void): void {
    this.#socket.then(act, () => undefined);
  }
}

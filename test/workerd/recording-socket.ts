/** A socket as a test holds it: everything that arrived is kept, and can be waited for. */
import { PING } from "../../protocol/frames.ts";

export abstract class RecordingSocket<F> {
  readonly frames: F[] = [];
  readonly #socket: WebSocket;
  readonly #waiting = new Set<() => void>();
  closed: { code: number; reason: string } | undefined;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => {
      const frame = this.read(String(data));
      if (frame) this.frames.push(frame);
      this.#wake();
    });
    socket.addEventListener("close", ({ code, reason }) => {
      this.closed = { code, reason };
      this.#wake();
    });
    socket.accept();
  }

  /** @returns undefined for what is not to be kept */
  protected abstract read(text: string): F | undefined;

  #wake(): void {
    for (const check of this.#waiting) check();
  }

  send(frame: object): void {
    this.sendText(JSON.stringify(frame));
  }

  sendText(text: string | ArrayBuffer): void {
    this.#socket.send(text);
  }

  ping(): void {
    this.sendText(PING);
  }

  close(code = 1000): void {
    this.#socket.close(code);
  }

  /** Resolves when `found` gives something; rejects after twenty seconds. */
  async until<T>(found: () => T | undefined | false): Promise<T> {
    const signal = AbortSignal.timeout(20_000);
    for (;;) {
      const result = found();
      if (result !== undefined && result !== false) return result;
      await new Promise<void>((resolve, reject) => {
        const check = () => {
          this.#waiting.delete(check);
          resolve();
        };
        this.#waiting.add(check);
        signal.addEventListener("abort", () =>
          reject(
            new Error(`Waited in vain. Frames: ${JSON.stringify(this.frames)}; closed: ${JSON.stringify(this.closed)}`),
          ),
        );
      });
    }
  }

  closing(): Promise<{ code: number; reason: string }> {
    return this.until(() => this.closed);
  }
}

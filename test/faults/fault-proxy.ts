/** A TCP proxy that breaks lines in every way that lines break. */
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { FrameSplitter, textFrame } from "./websocket-frames.ts";

/**
 * What happens to bytes.
 *
 * - `open`: they pass
 * - `refusing`: new connections are closed at once; those that stand go on
 * - `black hole`: they vanish, both ways, without a FIN; what was connected meanwhile stays lost for ever
 */
export type Line = "open" | "refusing" | "black hole";

/** Decides on a text frame of the server: the texts to pass on in its place, or `cut` to end the connection before it. */
type FrameFault = (text: string) => readonly string[] | "cut";

const SWITCHING = Buffer.from("HTTP/1.1 101");

interface Wire {
  client: Socket;
  server: Socket;
  isLost: boolean;
}

export class FaultProxy {
  line: Line = "open";
  /** Milliseconds that bytes take, each way. */
  delayMs = 0;
  /** Looks at every text frame of a WebSocket; `undefined` lets all pass. */
  onServerFrame: FrameFault | undefined;
  readonly #wires = new Set<Wire>();
  readonly #target: number;
  readonly #server = createServer((client) => this.#accept(client));

  private constructor(target: number) {
    this.#target = target;
  }

  /** @param target - port on 127.0.0.1 */
  static async start(target: number): Promise<FaultProxy> {
    const proxy = new FaultProxy(target);
    proxy.#server.listen(0, "127.0.0.1");
    await once(proxy.#server, "listening");
    return proxy;
  }

  get port(): number {
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("The proxy does not listen.");
    return address.port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Ends every connection, on both sides; those in a black hole, too. */
  cut(): void {
    for (const { client, server } of this.#wires) {
      client.destroy();
      server.destroy();
    }
  }

  /** Back to a line without faults. Connections lost in a black hole stay lost. */
  heal(): void {
    this.line = "open";
    this.delayMs = 0;
    this.onServerFrame = undefined;
  }

  stop(): void {
    this.#server.close();
    this.cut();
  }

  #accept(client: Socket): void {
    if (this.line === "refusing") return void client.destroy();
    const server = connect(this.#target, "127.0.0.1");
    const wire = { client, server, isLost: false };
    this.#wires.add(wire);
    const toServer = this.#lane();
    const toClient = this.#lane();
    for (const [socket, other, lane] of [
      [client, server, toServer],
      [server, client, toClient],
    ] as const) {
      socket.setNoDelay(true);
      socket.on("error", () => socket.destroy());
      socket.on("close", () => {
        if (!wire.isLost) lane(() => other.destroy());
        if (client.destroyed && server.destroyed) this.#wires.delete(wire);
      });
    }
    client.on("data", (bytes) => this.#pass(wire, () => toServer(() => server.write(withoutCompression(bytes)))));
    const rewrite = rewriter((text) => this.onServerFrame?.(text));
    server.on("data", (bytes) => {
      const { passed, isCut } = rewrite(bytes);
      this.#pass(wire, () => toClient(() => client.write(passed)));
      if (isCut) toClient(() => client.end());
    });
  }

  #pass(wire: Wire, write: () => void): void {
    wire.isLost ||= this.line === "black hole";
    if (!wire.isLost) write();
  }

  /** One way of a connection: what goes in comes out later, in the same order, also when the delay shrinks. */
  #lane(): (act: () => void) => void {
    const waiting: (() => void)[] = [];
    return (act) => {
      if (this.delayMs === 0 && waiting.length === 0) return act();
      waiting.push(act);
      setTimeout(() => waiting.shift()?.(), this.delayMs);
    };
  }
}

/** Asks for WebSockets without compression: frames are to be read on their way. */
function withoutCompression(bytes: Buffer): Buffer {
  const head = bytes.subarray(0, 4).toString();
  if (head !== "GET ") return bytes;
  return Buffer.from(bytes.toString("latin1").replace(/^sec-websocket-extensions:.*\r\n/im, ""), "latin1");
}

/** Applies a fault to what a server sends, once it has switched to WebSocket. After a cut nothing passes any more. */
function rewriter(fault: (text: string) => ReturnType<FrameFault> | undefined) {
  let splitter: FrameSplitter | undefined;
  let isCut = false;
  return (bytes: Buffer): { passed: Buffer; isCut: boolean } => {
    if (!splitter && !bytes.subarray(0, 12).equals(SWITCHING)) return { passed: bytes, isCut };
    const frames = splitter ? 0 : bytes.indexOf("\r\n\r\n") + 4;
    splitter ??= new FrameSplitter();
    const passed = [bytes.subarray(0, frames)];
    for (const { bytes: whole, text } of splitter.push(bytes.subarray(frames))) {
      const texts = text === undefined ? undefined : fault(text);
      isCut ||= texts === "cut";
      if (!isCut && texts !== "cut") passed.push(...(texts ? texts.map(textFrame) : [whole]));
    }
    return { passed: Buffer.concat(passed), isCut };
  };
}

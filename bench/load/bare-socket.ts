/**
 * A WebSocket client that does as little as it can, so that a benchmark's driver takes little of the machine from the
 * server it measures: text frames only, no compression, a mask of zeros.
 */
import { randomBytes } from "node:crypto";
import { connect, type Socket } from "node:net";
import { once } from "node:events";

const TEXT = 0x81;
const CLOSE = 0x88;
const MASKED = 0x80;
const HEADERS_END = "\r\n\r\n";

export class BareSocket {
  /** Called with every text that arrives. */
  onText: (text: string) => void = () => undefined;
  /** Called when the server closes: a benchmark's sockets stay open until the driver closes them. */
  onLost: (why: string) => void = () => undefined;
  readonly #tcp: Socket;
  #rest: Buffer | undefined;

  private constructor(tcp: Socket) {
    this.#tcp = tcp;
  }

  /** @throws Error when the server does not upgrade */
  static async open(url: string, headers: Record<string, string> = {}): Promise<BareSocket> {
    const { hostname, port, pathname, search } = new URL(url);
    const tcp = connect({ host: hostname, port: Number(port), noDelay: true });
    await once(tcp, "connect");
    const lines = {
      Host: `${hostname}:${port}`,
      Upgrade: "websocket",
      Connection: "Upgrade",
      "Sec-WebSocket-Version": "13",
      "Sec-WebSocket-Key": randomBytes(16).toString("base64"),
      ...headers,
    };
    const text = Object.entries(lines).map(([name, value]) => `${name}: ${value}\r\n`);
    tcp.write(`GET ${pathname}${search} HTTP/1.1\r\n${text.join("")}\r\n`);
    const socket = new BareSocket(tcp);
    await socket.#upgrade();
    tcp.on("data", (bytes) => socket.#receive(bytes));
    tcp.on("error", (error) => socket.onLost(error.message));
    tcp.on("close", () => socket.onLost("The connection was closed."));
    return socket;
  }

  send(text: string): void {
    const length = Buffer.byteLength(text);
    const head = length < 126 ? 6 : 8;
    const frame = Buffer.allocUnsafe(head + length);
    frame[0] = TEXT;
    if (length < 126) {
      frame[1] = MASKED | length;
    } else {
      frame[1] = MASKED | 126;
      frame.writeUInt16BE(length, 2);
    }
    frame.fill(0, head - 4, head);
    frame.write(text, head);
    this.#tcp.write(frame);
  }

  close(): void {
    this.onLost = () => undefined;
    this.#tcp.destroy();
  }

  async #upgrade(): Promise<void> {
    let answer = Buffer.alloc(0);
    while (!answer.includes(HEADERS_END)) {
      const [bytes]: unknown[] = await once(this.#tcp, "data");
      if (Buffer.isBuffer(bytes)) answer = Buffer.concat([answer, bytes]);
    }
    const end = answer.indexOf(HEADERS_END) + HEADERS_END.length;
    const [status = ""] = answer.toString("latin1").split("\r\n");
    if (!status.includes(" 101 ")) throw new Error(`No upgrade: ${answer.toString("latin1")}`);
    if (end < answer.length) this.#rest = answer.subarray(end);
  }

  #receive(chunk: Buffer): void {
    const bytes = this.#rest ? Buffer.concat([this.#rest, chunk]) : chunk;
    let at = 0;
    while (at + 2 <= bytes.length) {
      const short = bytes.readUInt8(at + 1);
      const head = short === 127 ? 10 : short === 126 ? 4 : 2;
      if (at + head > bytes.length) break;
      const length =
        short === 127 ? Number(bytes.readBigUInt64BE(at + 2)) : short === 126 ? bytes.readUInt16BE(at + 2) : short;
      const end = at + head + length;
      if (end > bytes.length) break;
      if (bytes[at] === TEXT) this.onText(bytes.toString("utf8", at + head, end));
      if (bytes[at] === CLOSE) this.onLost(`Closed: ${bytes.toString("utf8", at + head + 2, end)}`);
      at = end;
    }
    this.#rest = at < bytes.length ? bytes.subarray(at) : undefined;
  }
}

/** The few bytes of WebSocket framing (RFC 6455) that a proxy must know to act on single frames of a server. */

export interface Frame {
  /** As on the wire. */
  bytes: Buffer;
  /** Of a whole text frame; undefined for any other. */
  text: string | undefined;
}

/** Cuts a stream of unmasked frames into frames; keeps the beginning of one that has not all come yet. */
export class FrameSplitter {
  #rest: Buffer = Buffer.alloc(0);

  *push(bytes: Buffer): Iterable<Frame> {
    this.#rest = Buffer.concat([this.#rest, bytes]);
    for (let size = frameSize(this.#rest); size !== undefined; size = frameSize(this.#rest)) {
      const { head, length } = size;
      const frame = this.#rest.subarray(0, head + length);
      this.#rest = this.#rest.subarray(head + length);
      const isText = frame[0] === 0x81;
      yield { bytes: frame, text: isText ? frame.subarray(head).toString() : undefined };
    }
  }
}

/** @returns bytes of header and payload, or undefined while the frame is not complete */
function frameSize(bytes: Buffer): { head: number; length: number } | undefined {
  if (bytes.length < 2) return undefined;
  const short = bytes.readUInt8(1) & 0x7f;
  const head = short === 127 ? 10 : short === 126 ? 4 : 2;
  if (bytes.length < head) return undefined;
  const length = short === 127 ? Number(bytes.readBigUInt64BE(2)) : short === 126 ? bytes.readUInt16BE(2) : short;
  return bytes.length < head + length ? undefined : { head, length };
}

/** One unmasked text frame. */
export function textFrame(text: string): Buffer {
  const payload = Buffer.from(text);
  if (payload.length < 126) return Buffer.concat([Buffer.from([0x81, payload.length]), payload]);
  const head = Buffer.alloc(4);
  head.writeUInt16BE(0x81_7e);
  head.writeUInt16BE(payload.length, 2);
  return Buffer.concat([head, payload]);
}

/** Listens in on an SDK client's sockets: what was acknowledged, and which events arrived on which connection. */
import type { WebSocketLike } from "../../client/index.ts";
import { type LoggedEvent, parseServerFrame, type ServerFrame } from "../../protocol/frames.ts";

export interface Ack {
  id: string;
  seq: number;
}

/** One connection, as the client saw it. */
interface Connection {
  frames: ServerFrame[];
  /** What `hello` claimed to have. */
  since: number | undefined;
}

export class Recorder {
  readonly connections: Connection[] = [];
  /** What goes on the wire in place of a frame of the client. */
  onSend: (text: string) => string[] = (text) => [text];

  /** For `createDuet`. */
  readonly webSocket = (url: string, headers: Record<string, string>): WebSocketLike => {
    // Node's WebSocket takes headers where the standard has protocols.
    const socket: WebSocket = Reflect.construct(WebSocket, [url, { headers }]);
    const connection: Connection = { frames: [], since: undefined };
    this.connections.push(connection);
    socket.addEventListener("message", ({ data }) => {
      const frame = parseServerFrame(String(data));
      if (frame) connection.frames.push(frame);
    });
    return {
      addEventListener: socket.addEventListener.bind(socket),
      close: () => socket.close(),
      send: (data) => {
        if (typeof data !== "string") throw new TypeError("The client sends text.");
        const frame: { type: string; since?: number } = JSON.parse(data);
        if (frame.type === "hello") connection.since = frame.since;
        for (const text of this.onSend(data)) socket.send(text);
      },
    };
  };

  get acks(): Ack[] {
    return this.connections.flatMap(({ frames }) =>
      frames.flatMap((frame) => (frame.type === "ack" ? [{ id: frame.id, seq: frame.seq }] : [])),
    );
  }

  /** Every logged event that arrived, in the order of arrival. */
  get events(): LoggedEvent[] {
    return this.connections.flatMap(({ frames }) => frames.filter(isLogged));
  }

  /** How often an event came again, or before its turn, on one connection; a replay that was asked for is neither. */
  get disorder(): { duplicated: number; outOfOrder: number } {
    const counts = { duplicated: 0, outOfOrder: 0 };
    for (const { frames } of this.connections) {
      let last: number | undefined;
      for (const { seq } of frames.filter(isLogged)) {
        if (last !== undefined && seq <= last) counts.duplicated += 1;
        else if (last !== undefined && seq > last + 1) counts.outOfOrder += 1;
        last = Math.max(last ?? 0, seq);
      }
    }
    return counts;
  }
}

export function isLogged(frame: ServerFrame): frame is LoggedEvent {
  return "seq" in frame && frame.type !== "ack";
}

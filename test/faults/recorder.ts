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
  /** Whether the client gave it up although it was open: its `hello` was not answered. */
  isUnanswered: boolean;
}

/** What matters here of what a client says. */
interface Said {
  type?: string;
  conversation_id?: string;
  since?: number;
  conversations?: Said[];
}

export class Recorder {
  readonly connections: Connection[] = [];
  /** What goes on the wire in place of a frame of the client. */
  onSend: (text: string) => string[] = (text) => [text];

  readonly #conversationId: string | undefined;

  /** @param conversationId - what is to be heard on an account's sockets: nothing else counts */
  constructor(conversationId?: string) {
    this.#conversationId = conversationId;
  }

  /** For `createDuet` and `createAccount`. */
  readonly webSocket = (url: string, headers: Record<string, string>, protocols: string[] = []): WebSocketLike => {
    // Node's WebSocket takes headers where the standard has protocols.
    const socket: WebSocket = Reflect.construct(WebSocket, [url, { headers, protocols }]);
    const connection: Connection = { frames: [], since: undefined, isUnanswered: false };
    this.connections.push(connection);
    socket.addEventListener("message", ({ data }) => {
      const frame = this.#isMine(String(data)) ? parseServerFrame(String(data)) : undefined;
      if (frame) connection.frames.push(frame);
    });
    return {
      addEventListener: socket.addEventListener.bind(socket),
      close: () => {
        const isAnswered = connection.frames.some(({ type }) => type === "welcome");
        connection.isUnanswered = socket.readyState === WebSocket.OPEN && !isAnswered;
        socket.close();
      },
      send: (data) => {
        if (typeof data !== "string") throw new TypeError("The client sends text.");
        const hello = this.#helloIn(JSON.parse(data));
        if (hello) connection.since = hello.since;
        for (const text of this.onSend(data)) socket.send(text);
      },
    };
  };

  #isMine(text: string): boolean {
    return this.#conversationId === undefined || JSON.parse(text).conversation_id === this.#conversationId;
  }

  /** On an account's socket a `hello` is of one conversation, or the first one of several. */
  #helloIn(frame: Said): Said | undefined {
    if (frame.type !== "hello") return undefined;
    const id = this.#conversationId;
    return [frame, ...(frame.conversations ?? [])].find(({ conversation_id: of }) => of === id);
  }

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

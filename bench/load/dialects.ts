/** How each contestant says "send", "stored" and "here is a message" on a bare socket. */
import type { Contestant } from "./scenario.ts";

interface Heard {
  kind: "ack" | "refused" | "push" | "ping" | "ready" | "other";
  /** Of the message, where it is about one. */
  id?: string;
  seq?: number;
}

export interface Dialect {
  /** What opens the conversation on a new socket, until the server is `ready`; without it there is nothing to wait for. */
  hello?: string;
  /** Whether clients ping, and the runtime answers by itself. */
  pings?: boolean;
  /** Whether the sender is told that a message is stored. If not, its coming back to the sender has to do. */
  acknowledges: boolean;
  send: (id: string, body: string) => string;
  hear: (text: string) => Heard;
}

interface Frame {
  type?: string;
  id?: string;
  seq?: number;
}

/** Sends `{id, body}` and gets it back, like everybody else in the room. */
const relay: Dialect = {
  acknowledges: false,
  send: (id, body) => JSON.stringify({ type: "message", id, body }),
  hear(text) {
    const { id, seq } = parse(text);
    return { kind: "push", ...pick(id, seq) };
  },
};

const naive: Dialect = {
  pings: true,
  acknowledges: true,
  send: (id, body) => JSON.stringify({ type: "send", id, body }),
  hear(text) {
    const { type, id, seq } = parse(text);
    return { kind: type === "ack" ? "ack" : "push", ...pick(id, seq) };
  },
};

const DUET_KINDS: Record<string, Heard["kind"]> = { message: "push", ack: "ack", nack: "refused", live: "ready" };
const duet: Dialect = {
  hello: JSON.stringify({ type: "hello", v: 1 }),
  pings: true,
  acknowledges: true,
  send: (id, body) => JSON.stringify({ type: "send", id, body, sentAt: Date.now() }),
  hear(text) {
    const { type = "", id, seq } = parse(text);
    return { kind: DUET_KINDS[type] ?? "other", ...pick(id, seq) };
  },
};

/** Engine.IO 4 and Socket.IO 5 by hand: 2 and 3 are ping and pong, 40 connects, 42 is an event, 43 its acknowledgement. */
const socketIo: Dialect = {
  hello: "40",
  acknowledges: true,
  send: (id, body) => `42${(packets += 1)}${JSON.stringify(["send", { id, body }])}`,
  hear(text) {
    if (text === "2") return { kind: "ping" };
    if (text.startsWith("40")) return { kind: "ready" };
    const isAck = text.startsWith("43");
    if (!isAck && !text.startsWith("42")) return { kind: "other" };
    const parameters: Frame[] = JSON.parse(text.slice(text.indexOf("[")));
    const { id, seq } = parameters.at(-1) ?? {};
    return { kind: isAck ? "ack" : "push", ...pick(id, seq) };
  },
};
let packets = 0;

export const DIALECTS: Record<Exclude<Contestant, "duet-sdk">, Dialect> = {
  echo: relay,
  naive,
  "workers-chat": relay,
  "socket.io": socketIo,
  duet,
};

function parse(text: string): Frame {
  const frame: Frame = JSON.parse(text);
  return frame;
}

function pick(id: string | undefined, seq: number | undefined) {
  return { ...(id !== undefined && { id }), ...(seq !== undefined && { seq }) };
}

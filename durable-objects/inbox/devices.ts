/** The sockets of an account's devices: what they say goes to its conversations, and what those push goes to them. */
import type { ErrorCode } from "../../protocol/errors.ts";
import { CHANGE_FRAME_TYPES, type ClientFrame, PROTOCOL_VERSION } from "../../protocol/frames.ts";
import type { AccountWelcome, Opening } from "../../protocol/platform/account-frames.ts";
import type { InboxEvent } from "../../protocol/platform/inbox-events.ts";
import type { Reading } from "../client-frames.ts";
import type { Connections } from "../connections.ts";
import { nackOf, SocketDialogue } from "../socket-dialogue.ts";
import type { TokenBuckets } from "../token-bucket.ts";
import type { ConversationLines } from "./conversation-lines.ts";
import type { ConversationList } from "./conversation-list.ts";
import { type DeviceFrame, readDeviceFrame, readSeedFrame } from "./device-frames.ts";
import type { DeviceSession } from "./device-session.ts";
import type { Pushed } from "./pushed.ts";
import type { Received } from "./received.ts";
import { seedFailure, toSeedTexts } from "./seed-dialect.ts";

interface Options {
  connections: Connections<DeviceSession>;
  list: ConversationList;
  lines: ConversationLines;
  changesRate: TokenBuckets;
  signalsRate: TokenBuckets;
  hellosRate: TokenBuckets;
  /** Called when the first device is here. */
  onFirst: () => void;
}

export class Devices extends SocketDialogue<DeviceFrame, DeviceSession> {
  readonly #options: Options;
  /** By device, the conversations whose answer to its `hello` is on its way: what is pushed meanwhile is in it. */
  readonly #opening = new Map<string, Set<string>>();

  constructor(options: Options) {
    super(options);
    this.#options = options;
  }

  override accept(socket: WebSocket, session: DeviceSession): void {
    super.accept(socket, session);
    // Clients of the first documents say no hello.
    if (session.dialect === "seed") this.#enter(socket, session);
  }

  protected override read(message: string | ArrayBuffer, { dialect }: DeviceSession): Reading<DeviceFrame> {
    return dialect === "seed" ? readSeedFrame(message) : readDeviceFrame(message);
  }

  protected override handle(socket: WebSocket, session: DeviceSession, frame: DeviceFrame): void {
    if (frame.type === "hello") return this.#hello(socket, session, frame.conversations);
    const { conversationId, frame: inner } = frame;
    if (CHANGE_FRAME_TYPES.has(inner.type)) return this.#change(socket, session, conversationId, inner);
    this.takeSignal(socket, session.name, () => this.#forward(socket, session, conversationId, inner));
  }

  #hello(socket: WebSocket, session: DeviceSession, openings: readonly Opening[]): void {
    const { connections, hellosRate, list } = this.#options;
    if (hellosRate.take(session.name) !== "pass") return connections.drop(socket, 1013);
    this.#enter(socket, session);
    const { name: self, username } = session;
    const welcome: AccountWelcome = {
      type: "welcome",
      v: PROTOCOL_VERSION,
      self,
      username,
      conversations: list.kinds(),
    };
    connections.sendText(socket, JSON.stringify(welcome));
    for (const { conversation_id: id, epoch, since } of openings) {
      const known = { ...(epoch !== undefined && { epoch }), ...(since !== undefined && { since }) };
      this.#forward(socket, session, id, { type: "hello", v: PROTOCOL_VERSION, ...known });
    }
  }

  /** From here on the device counts as present, and gets what is pushed. */
  #enter(socket: WebSocket, { name }: DeviceSession): void {
    const { connections, onFirst } = this.#options;
    this.stopWaitingForHello(socket);
    connections.reapGhosts();
    const isFirst = !connections.isOnline(name);
    connections.setLive(socket);
    if (isFirst) onFirst();
  }

  #change(socket: WebSocket, session: DeviceSession, conversationId: string, frame: ClientFrame): void {
    const { connections, changesRate } = this.#options;
    const verdict = changesRate.take(session.name);
    if (verdict === "pass") this.#forward(socket, session, conversationId, frame);
    else if ("id" in frame)
      this.nack(socket, session, { kind: "refused", id: frame.id, code: "TOO_FAST", conversationId });
    if (verdict === "disconnect") connections.close(socket, "TOO_FAST");
  }

  #forward(socket: WebSocket, { device }: DeviceSession, conversationId: string, frame: ClientFrame): void {
    const received: Received = { kind: "frame", device, frame };
    if (!this.#options.list.has(conversationId)) return this.refused(conversationId, received, "CONVERSATION_UNKNOWN");
    if (frame.type === "hello") this.#openingOf(device).add(conversationId);
    this.#options.lines.send(conversationId, received);
  }

  #openingOf(device: string): Set<string> {
    const known = this.#opening.get(device) ?? new Set();
    this.#opening.set(device, known);
    return known;
  }

  protected override nack(
    socket: WebSocket,
    session: DeviceSession,
    refused: Reading<DeviceFrame> & { kind: "refused" },
  ) {
    const { id, code, details, conversationId } = refused;
    const { connections } = this.#options;
    if (session.dialect === "seed") return connections.sendText(socket, seedFailure(code, details));
    const text = JSON.stringify(nackOf(id, code));
    connections.sendText(socket, conversationId === undefined ? text : ofConversation(conversationId)(text));
  }

  /** A Conversation did not take what a device said. */
  refused(conversationId: string, received: Received, code: ErrorCode): void {
    if (received.kind !== "frame") return;
    const { device, frame } = received;
    this.#openingOf(device).delete(conversationId);
    const socket = this.#socketOf(device);
    if (!socket) return;
    const { connections } = this.#options;
    if (frame.type === "hello") {
      if (code === "UNAVAILABLE") return connections.drop(socket, 1013);
      const removed: InboxEvent = { type: "conversation", conversation_id: conversationId, change: "removed" };
      connections.sendText(socket, JSON.stringify(removed));
    } else if ("id" in frame) {
      this.nack(socket, connections.session(socket), { kind: "refused", id: frame.id, code, conversationId });
    }
  }

  /** Sends what a Conversation pushed to whom it is for. */
  deliver(conversationId: string, batch: readonly Pushed[]): void {
    const { connections } = this.#options;
    for (const pushed of batch) {
      let texts: string[] | undefined;
      let seedTexts: string[] | undefined;
      for (const socket of this.#audienceOf(conversationId, pushed)) {
        const isSeed = connections.session(socket).dialect === "seed";
        if (isSeed) seedTexts ??= toSeedTexts(conversationId, pushed);
        else texts ??= pushed.texts.map(ofConversation(conversationId));
        for (const text of (isSeed ? seedTexts : texts) ?? []) connections.sendText(socket, text);
        if (pushed.end === "flood") connections.close(socket, "TOO_FAST");
        if (pushed.end === "later") connections.drop(socket, 1013);
      }
    }
  }

  #audienceOf(conversationId: string, { device, opens }: Pushed): WebSocket[] {
    const { connections } = this.#options;
    if (device !== undefined) {
      if (opens) this.#opening.get(device)?.delete(conversationId);
      const socket = this.#socketOf(device);
      return socket ? [socket] : [];
    }
    return connections
      .live()
      .filter((socket) => !this.#opening.get(connections.session(socket).device)?.has(conversationId));
  }

  /** Tells all devices what concerns the account. */
  notify(event: InboxEvent): void {
    const { connections } = this.#options;
    const text = JSON.stringify(event);
    for (const socket of connections.live()) {
      if (connections.session(socket).dialect === "duet") connections.sendText(socket, text);
    }
  }

  override leave(socket: WebSocket): void {
    this.#opening.delete(this.#options.connections.session(socket).device);
    super.leave(socket);
  }

  #socketOf(device: string): WebSocket | undefined {
    const { connections } = this.#options;
    return connections.live().find((socket) => connections.session(socket).device === device);
  }
}

/** The log's text stays as it is; where it belongs is put in front. */
function ofConversation(id: string): (text: string) => string {
  const start = `{"conversation_id":${JSON.stringify(id)},`;
  return (text) => start + text.slice(1);
}

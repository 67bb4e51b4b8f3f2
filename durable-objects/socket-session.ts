/** What happens on a socket: hello and replay, changes, marks, typing, and leaving. */
import { type ErrorCode, ERRORS, isRetryable } from "../protocol/errors.ts";
import { type ChangeFrame, type ClientFrame, type Member, PROTOCOL_VERSION } from "../protocol/frames.ts";
import { HELLO_TIMEOUT_MS } from "../protocol/limits.ts";
import { readClientFrame } from "./client-frames.ts";
import type { Session } from "./connections.ts";
import type { Outcome } from "./group-commit.ts";
import type { Marks } from "./members.ts";
import type { Parts } from "./parts.ts";
import { submitChange } from "./submit.ts";

export class SocketSessions {
  readonly #parts: Parts;
  /** Sockets of which more was taken than their attachment tells. */
  readonly #levelsToKeep = new Set<WebSocket>();
  readonly #helloTimers = new Map<WebSocket, ReturnType<typeof setTimeout>>();

  constructor(parts: Parts) {
    this.#parts = parts;
    for (const { session, marks, level } of parts.connections.kept()) {
      parts.members.raise(session.name, marks);
      parts.changesRate.restore(session.name, level);
    }
  }

  accept(socket: WebSocket, session: Session): void {
    const { connections } = this.#parts;
    connections.accept(socket, session);
    const timer = setTimeout(() => connections.close(socket, "HELLO_TIMEOUT"), HELLO_TIMEOUT_MS);
    this.#helloTimers.set(socket, timer);
  }

  receive(socket: WebSocket, message: string | ArrayBuffer): void {
    const { connections } = this.#parts;
    const { name, expiresAt } = connections.session(socket);
    if (expiresAt <= Date.now()) return connections.close(socket, "UNAUTHENTICATED");
    connections.heard(socket);
    const reading = readClientFrame(message);
    if (reading.kind === "fatal") return connections.close(socket, reading.reason);
    const isHello = reading.kind === "frame" && reading.frame.type === "hello";
    if (!isHello && !connections.isLive(socket)) return connections.close(socket, "PROTOCOL");
    switch (reading.kind) {
      case "frame":
        return this.#handle(socket, name, reading.frame);
      case "refused":
        return this.#refuse(socket, name, reading.id, reading.code);
      case "unknown":
        return this.#takeSignal(socket, name, () => {});
      default:
        return reading satisfies never;
    }
  }

  #handle(socket: WebSocket, name: string, frame: ClientFrame): void {
    switch (frame.type) {
      case "send":
      case "edit":
      case "delete":
      case "react":
        return this.#change(socket, name, frame);
      case "hello":
        return this.#hello(socket, name, frame);
      case "typing":
        return this.#takeSignal(socket, name, () =>
          this.#parts.connections.broadcast({ type: "typing", name, on: frame.on }, { except: name }),
        );
      case "delivered":
        return this.#takeSignal(socket, name, () => this.#mark(socket, name, { deliveredSeq: frame.seq }));
      case "read":
        return this.#takeSignal(socket, name, () => this.#mark(socket, name, { readSeq: frame.seq }));
      default:
        return frame satisfies never;
    }
  }

  #takeSignal(socket: WebSocket, name: string, act: () => void): void {
    const verdict = this.#parts.signalsRate.take(name);
    if (verdict === "pass") act();
    if (verdict === "disconnect") this.#parts.connections.close(socket, "TOO_FAST");
  }

  #change(socket: WebSocket, name: string, change: ChangeFrame): void {
    this.#levelsToKeep.add(socket);
    const tolerable = submitChange(this.#parts, name, change, (outcome) => {
      this.#keepLevel(socket, name);
      this.#settle(socket, change.id, outcome);
    });
    if (!tolerable) this.#parts.connections.close(socket, "TOO_FAST");
  }

  /** With the first change of a batch that is settled, for all of them: writing an attachment takes longer than a row. */
  #keepLevel(socket: WebSocket, name: string): void {
    const { connections, changesRate } = this.#parts;
    if (this.#levelsToKeep.delete(socket)) connections.keep(socket, { level: changesRate.level(name) });
  }

  /** A malformed change costs as much as a good one. */
  #refuse(socket: WebSocket, name: string, id: string, code: ErrorCode): void {
    const { connections, changesRate } = this.#parts;
    const verdict = changesRate.take(name);
    this.#settle(socket, id, { stored: false, code: verdict === "pass" ? code : "TOO_FAST" });
    if (verdict === "disconnect") connections.close(socket, "TOO_FAST");
  }

  #settle(socket: WebSocket, id: string, outcome: Outcome): void {
    if (outcome.stored) {
      return this.#parts.connections.send(socket, { type: "ack", id, seq: outcome.seq, at: outcome.at });
    }
    const { code } = outcome;
    this.#parts.connections.send(socket, {
      type: "nack",
      id,
      code,
      message: ERRORS[code].message,
      retryable: isRetryable(code),
    });
  }

  #hello(socket: WebSocket, name: string, hello: ClientFrame & { type: "hello" }): void {
    const { record, log, connections, hellosRate, checkForRewind } = this.#parts;
    // Not for good: it may be a line that flaps, in several tabs at once.
    if (hellosRate.take(name) !== "pass") return connections.drop(socket, 1013);
    const sawMore = hello.epoch === record.epoch && (hello.since ?? 0) > log.head;
    if (!sawMore) return this.#greet(socket, name, hello);
    checkForRewind().then(
      () => this.#greet(socket, name, hello),
      () => connections.drop(socket, 1013),
    );
  }

  #greet(socket: WebSocket, name: string, { epoch, since }: ClientFrame & { type: "hello" }): void {
    const { limits, record, log, connections, presence, outbox } = this.#parts;
    this.#stopWaitingForHello(socket);
    connections.reapGhosts();
    const cameOnline = !connections.isOnline(name);
    connections.setLive(socket);
    // What is not kept whole is not replayed in part: the client loads the newest page instead.
    const oldest = Math.max(log.first - 1, log.head - limits.REPLAY_MAX);
    const recovered = epoch === record.epoch && since !== undefined && since >= oldest && since <= log.head;
    connections.send(socket, {
      type: "welcome",
      v: PROTOCOL_VERSION,
      epoch: record.epoch,
      head: log.head,
      recovered,
      self: name,
      members: this.#members(),
    });
    if (recovered) for (const frame of log.framesAfter(since)) connections.sendText(socket, frame);
    connections.send(socket, { type: "live", head: log.head });
    const { degraded } = outbox;
    if (degraded.postgres || degraded.redis) connections.send(socket, { type: "degraded", ...degraded });
    if (cameOnline) presence.set(name, true);
  }

  #members(): Member[] {
    const { members, connections } = this.#parts;
    return members.names.map((name) => {
      const online = connections.isOnline(name);
      return { name, online, lastSeen: online ? null : members.lastSeen(name), ...members.marks(name) };
    });
  }

  #mark(socket: WebSocket, name: string, marks: Partial<Marks>): void {
    const { members, connections, log } = this.#parts;
    const claimed = marks.readSeq ?? marks.deliveredSeq ?? 0;
    if (claimed > log.head || !members.raise(name, marks)) return;
    const raised = members.marks(name);
    connections.keep(socket, { marks: raised });
    connections.broadcast({ type: "receipt", name, ...raised });
  }

  /** To be called when a socket is gone, for whatever reason. */
  leave(socket: WebSocket): void {
    this.#stopWaitingForHello(socket);
    this.#parts.connections.retire(socket);
  }

  #stopWaitingForHello(socket: WebSocket): void {
    clearTimeout(this.#helloTimers.get(socket));
    this.#helloTimers.delete(socket);
  }
}

/** What happens on a socket of a pair chat: hello and replay, changes, marks, typing, and leaving. */
import type { ChangeFrame, ClientFrame } from "../protocol/frames.ts";
import { readClientFrame, type Reading } from "./client-frames.ts";
import type { Session } from "./connections.ts";
import { greeting } from "./greeting.ts";
import type { Marks } from "./members.ts";
import type { Parts } from "./parts.ts";
import { answerTo, nackOf, SocketDialogue } from "./socket-dialogue.ts";
import { submitChange } from "./submit.ts";

export class SocketSessions extends SocketDialogue<ClientFrame> {
  readonly #parts: Parts;
  /** Sockets of which more was taken than their attachment tells. */
  readonly #levelsToKeep = new Set<WebSocket>();

  constructor(parts: Parts) {
    super(parts);
    this.#parts = parts;
    for (const { session, marks, level } of parts.connections.kept()) {
      parts.members.raise(session.name, marks);
      parts.changesRate.restore(session.name, level);
    }
  }

  protected override read(message: string | ArrayBuffer): Reading {
    return readClientFrame(message);
  }

  protected override handle(socket: WebSocket, { name }: Session, frame: ClientFrame): void {
    switch (frame.type) {
      case "send":
      case "edit":
      case "delete":
      case "react":
        return this.#change(socket, name, frame);
      case "hello":
        return this.#hello(socket, name, frame);
      case "typing":
        return this.takeSignal(socket, name, () =>
          this.#parts.connections.broadcast({ type: "typing", name, on: frame.on }, { except: name }),
        );
      case "delivered":
        return this.takeSignal(socket, name, () => this.#mark(socket, name, { deliveredSeq: frame.seq }));
      case "read":
        return this.takeSignal(socket, name, () => this.#mark(socket, name, { readSeq: frame.seq }));
      default:
        return frame satisfies never;
    }
  }

  #change(socket: WebSocket, name: string, change: ChangeFrame): void {
    this.#levelsToKeep.add(socket);
    const tolerable = submitChange(this.#parts, name, change, (outcome) => {
      this.#keepLevel(socket, name);
      this.#parts.connections.send(socket, answerTo(change.id, outcome));
    });
    if (!tolerable) this.#parts.connections.close(socket, "TOO_FAST");
  }

  /**
   * With the first change of a batch that is settled, for all of them: writing an attachment takes longer than a row.
   * Whoever writes at a person's pace is never low: by the time that an object sleeps, their level would be full.
   */
  #keepLevel(socket: WebSocket, name: string): void {
    const { connections, changesRate } = this.#parts;
    if (!changesRate.isLow(name) || !this.#levelsToKeep.delete(socket)) return;
    connections.keep(socket, { level: changesRate.level(name) });
  }

  protected override nack(socket: WebSocket, _: Session, { id, code }: Reading & { kind: "refused" }) {
    this.#parts.connections.send(socket, nackOf(id, code));
  }

  #hello(socket: WebSocket, name: string, hello: ClientFrame & { type: "hello" }): void {
    const { connections, hellosRate } = this.#parts;
    // Not for good: it may be a line that flaps, in several tabs at once.
    if (hellosRate.take(name) !== "pass") return connections.drop(socket, 1013);
    void greeting(
      this.#parts,
      hello,
      (texts) => this.#greet(socket, name, texts),
      () => connections.drop(socket, 1013),
    );
  }

  #greet(socket: WebSocket, name: string, texts: (name: string) => string[]): void {
    const { connections, presence } = this.#parts;
    this.stopWaitingForHello(socket);
    connections.reapGhosts();
    const cameOnline = !connections.isOnline(name);
    connections.setLive(socket);
    for (const text of texts(name)) connections.sendText(socket, text);
    if (cameOnline) presence.set(name, true);
  }

  #mark(socket: WebSocket, name: string, marks: Partial<Marks>): void {
    const { connections, raiseMarks } = this.#parts;
    const raised = raiseMarks(name, marks);
    if (raised) connections.keep(socket, { marks: raised });
  }
}

/** What is told but not logged: how far I have received and read, and who is typing. */
import type { ClientFrame, Member } from "../protocol/frames.ts";
import { Mark } from "./marks.ts";
import { TypingNotice, Typists } from "./typing.ts";

export class Signals {
  readonly delivered: Mark;
  readonly read: Mark;
  readonly typing: TypingNotice;
  readonly typists: Typists;
  #self: string | undefined;

  constructor(send: (frame: ClientFrame) => void, onTypists: () => void) {
    this.delivered = new Mark((seq) => send({ type: "delivered", seq }));
    this.read = new Mark((seq) => send({ type: "read", seq }));
    this.typing = new TypingNotice((on) => send({ type: "typing", on }));
    this.typists = new Typists(onTypists);
  }

  /** Connected as this member. */
  resume({ name, deliveredSeq, readSeq }: Member): void {
    // Another tab may have signed in as the other person: what I have read, they have not.
    if (this.#self !== undefined && name !== this.#self) for (const mark of [this.delivered, this.read]) mark.reset();
    this.#self = name;
    this.delivered.resume(deliveredSeq);
    this.read.resume(readSeq);
  }

  /** Disconnected. */
  pause(): void {
    this.delivered.pause();
    this.read.pause();
    this.typing.reset();
    this.typists.clear();
  }
}

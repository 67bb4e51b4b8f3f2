/** What the devices of a member say, as their Inbox hands it on, and what they are answered. */
import type { ChangeFrame, ClientFrame } from "../../protocol/frames.ts";
import type { ErrorCode } from "../../protocol/errors.ts";
import { greeting } from "../greeting.ts";
import type { Outcome } from "../group-commit.ts";
import type { Received } from "../inbox/received.ts";
import type { Marks } from "../members.ts";
import type { Parts } from "../parts.ts";
import { answerTo } from "../socket-dialogue.ts";
import { submitChange } from "../submit.ts";
import type { AccountParts } from "./account-parts.ts";

/** Milliseconds that a mark may wait for the disk: no socket keeps it here. */
const MARKS_DELAY_MS = 5_000;

export class Exchange {
  readonly #parts: Parts;
  readonly #account: AccountParts;

  constructor(parts: Parts, account: AccountParts) {
    this.#parts = parts;
    this.#account = account;
  }

  /**
   * @param id - of a member
   * @returns a promise while an answer needs Postgres. What it belongs to must be handed on again if this object dies
   */
  receive(id: string, received: Received): Promise<void> | undefined {
    switch (received.kind) {
      case "attach":
        this.#attach(id);
        return undefined;
      case "detach":
        this.#detach(id);
        return undefined;
      case "frame":
        return this.#handle(id, received.device, received.frame);
      default:
        return received satisfies never;
    }
  }

  #attach(id: string): void {
    const { inboxes } = this.#account;
    const cameOnline = !inboxes.isOnline(id);
    inboxes.attach(id);
    if (cameOnline) this.#parts.presence.set(id, true);
  }

  #detach(id: string): void {
    const { inboxes } = this.#account;
    if (!inboxes.isOnline(id)) return;
    inboxes.detach(id);
    this.#parts.presence.set(id, false);
  }

  #handle(id: string, device: string, frame: ClientFrame): Promise<void> | undefined {
    // Its Inbox would not hand it on without a device: that we know nothing of it is our loss.
    if (!this.#account.inboxes.isOnline(id)) this.#attach(id);
    if (frame.type === "hello") return this.#hello(id, device, frame);
    this.#act(id, device, frame);
    return undefined;
  }

  #act(id: string, device: string, frame: Exclude<ClientFrame, { type: "hello" }>): void {
    switch (frame.type) {
      case "send":
      case "edit":
      case "delete":
      case "react":
        return this.#change(id, device, frame);
      case "typing":
        return this.#takeSignal(id, () => this.setTyping(id, frame.on));
      case "delivered":
        return this.#takeSignal(id, () => this.mark(id, { deliveredSeq: frame.seq }));
      case "read":
        return this.#takeSignal(id, () => this.mark(id, { readSeq: frame.seq }));
      default:
        return frame satisfies never;
    }
  }

  #takeSignal(id: string, act: () => void): void {
    if (this.#parts.signalsRate.take(id) === "pass") act();
  }

  setTyping(id: string, on: boolean): void {
    this.#account.inboxes.broadcast({ type: "typing", name: id, on }, { except: id });
  }

  mark(id: string, marks: Partial<Marks>): void {
    const { raiseMarks, outbox } = this.#parts;
    if (raiseMarks(id, marks)) outbox.schedule("postgres", MARKS_DELAY_MS);
  }

  #change(id: string, device: string, change: ChangeFrame): void {
    const settle = (outcome: Outcome) => this.#settle(id, device, change.id, outcome);
    const code = refusalOf(this.#account);
    if (code) return settle({ stored: false, code });
    const tolerable = submitChange(this.#parts, id, change, settle);
    if (!tolerable) this.#account.inboxes.reply(id, device, { texts: [], end: "flood" });
  }

  #settle(id: string, device: string, changeId: string, outcome: Outcome): void {
    this.#account.inboxes.reply(id, device, { texts: [JSON.stringify(answerTo(changeId, outcome))] });
  }

  #hello(id: string, device: string, hello: ClientFrame & { type: "hello" }): Promise<void> | undefined {
    const { inboxes } = this.#account;
    const later = () => inboxes.reply(id, device, { texts: [], end: "later" });
    if (this.#parts.hellosRate.take(id) !== "pass") {
      later();
      return undefined;
    }
    const greet = (texts: (name: string) => string[]) => inboxes.reply(id, device, { texts: texts(id), opens: true });
    return greeting(this.#parts, hello, greet, later);
  }
}

/** Why nothing may be written here, if it may not. */
export function refusalOf({ details }: AccountParts): ErrorCode | undefined {
  return details.isOpen ? undefined : "CONVERSATION_CLOSED";
}

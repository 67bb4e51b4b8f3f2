/**
 * Decides on changes and gives them their place in the log.
 *
 * Changes that arrive within one turn of the event loop are written together: one disk commit for all of them,
 * which is several times the throughput of one each (docs: ARCHITECTURE.md, "Group commit"). A turn takes a
 * millisecond, though: once as many are here as came together of late, nobody waits for it.
 */
import { DuetError, type ErrorCode } from "../protocol/errors.ts";
import type { ChangeFrame, LoggedEvent } from "../protocol/frames.ts";
import type { EventLog } from "./event-log.ts";

export type Outcome = { stored: true; id: string; seq: number; at: number } | { stored: false; code: ErrorCode };

/** Who sent a message that the log no longer keeps, and whether it still has its text. */
export interface ArchivedTarget {
  sender: string;
  deleted: boolean;
}

interface Pending {
  sender: string;
  change: ChangeFrame;
  archived: ArchivedTarget | undefined;
  settle: (outcome: Outcome) => void;
}

const COMMITS_PER_LOOK_MAX = 256;

interface Options {
  /** Whether the chat was ended: changes may still be queued when that happens. */
  isEnded: () => boolean;
  /** Whether the log may grow: false while too much waits for Postgres. */
  hasRoom: () => boolean;
  /** Receives the texts of new events, in order, in the same turn in which they are written. */
  onCommit: (frames: string[]) => void;
}

export class GroupCommit {
  readonly #log: EventLog;
  readonly #options: Options;
  #pending: Pending[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** As many changes as came together of late: once so many are here, nobody is waited for. */
  #expected = 1;
  /** So many commits in a row wait for no turn: then one does, to see whether there are more by now. */
  #commitsPerLook = 1;
  #sinceLook = 0;

  constructor(log: EventLog, options: Options) {
    this.#log = log;
    this.#options = options;
  }

  /**
   * Commits a change: at once, or with others at the end of this turn.
   *
   * @param settle - called in the turn of the commit. What it sends leaves only once the write is durable: the
   *   runtime's output gate holds back all output of an object while a write is under way.
   * @param archived - the message it changes, when the log no longer has it
   */
  submit(sender: string, change: ChangeFrame, settle: Pending["settle"], archived?: ArchivedTarget): void {
    this.#pending.push({ sender, change, settle, archived });
    if (this.#pending.length >= this.#expected && this.#sinceLook < this.#commitsPerLook) this.#flush();
    else this.#timer ??= setTimeout(() => this.#look(), 0);
  }

  /** A whole turn has passed: whoever writes at the same time is here. */
  #look(): void {
    this.#sinceLook = 0;
    const found = this.#pending.length;
    // What changes is looked at more often.
    this.#commitsPerLook = found === this.#expected ? Math.min(COMMITS_PER_LOOK_MAX, this.#commitsPerLook * 2) : 1;
    this.#expected = Math.max(1, found, Math.floor(this.#expected * 0.75));
    this.#flush();
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#sinceLook += 1;
    const batch = this.#pending;
    this.#pending = [];
    const frames: string[] = [];
    const outcomes = batch.map((pending) => this.#commit(pending, frames));
    // Acks after pushes: a sender's other devices learn of a message no later than the sender.
    if (frames.length > 0) this.#options.onCommit(frames);
    for (const [index, { settle }] of batch.entries()) {
      const outcome = outcomes[index];
      if (outcome) settle(outcome);
    }
  }

  #commit({ sender, change, archived }: Pending, frames: string[]): Outcome {
    try {
      if (this.#options.isEnded()) throw new DuetError("CHAT_ENDED");
      const known = this.#log.findById(sender, change.id);
      if (known && !isRepeat(known, change)) throw new DuetError("ID_CONFLICT");
      if (known) return { stored: true, id: change.id, seq: known.seq, at: known.at };
      const event = this.#decide(sender, change, archived);
      frames.push(this.#log.append(change.id, event));
      return { stored: true, id: change.id, seq: event.seq, at: event.at };
    } catch (error) {
      if (error instanceof DuetError) return { stored: false, code: error.code };
      throw error;
    }
  }

  #decide(sender: string, change: ChangeFrame, archived: ArchivedTarget | undefined): LoggedEvent {
    if (!this.#options.hasRoom()) throw new DuetError("OUTBOX_FULL");
    const place = { seq: this.#log.head + 1, sender, at: Date.now() };
    switch (change.type) {
      case "send": {
        const { id, body, replyTo, sentAt } = change;
        if (replyTo !== undefined) this.#requireMessage(replyTo);
        return {
          type: "message",
          ...place,
          id,
          body,
          ...(sentAt !== undefined && { sentAt }),
          ...(replyTo !== undefined && { replyTo }),
        };
      }
      case "edit":
        this.#requireTarget(change.seq, archived, sender);
        return { type: "edited", ...place, target: change.seq, body: change.body };
      case "delete":
        this.#requireTarget(change.seq, archived, sender);
        return { type: "deleted", ...place, target: change.seq };
      case "react":
        this.#requireTarget(change.seq, archived);
        return { type: "reaction", ...place, target: change.seq, emoji: change.emoji };
      default:
        return change satisfies never;
    }
  }

  /** What is no longer kept was a message or a change to one; a quote of the latter shows nothing, and harms nobody. */
  #requireMessage(seq: number): void {
    if (seq >= this.#log.first && this.#log.find(seq)?.type !== "message") throw new DuetError("MESSAGE_UNKNOWN");
  }

  /** @param owner - who alone may make the change, where it isn't open to all */
  #requireTarget(seq: number, archived: ArchivedTarget | undefined, owner?: string): void {
    const event = this.#log.find(seq);
    const target = event?.type === "message" ? { sender: event.sender, deleted: event.body === "" } : archived;
    if (!target) throw new DuetError("MESSAGE_UNKNOWN");
    if (owner !== undefined && target.sender !== owner) throw new DuetError("MESSAGE_NOT_YOURS");
    if (target.deleted || this.#log.isDeleted(seq)) throw new DuetError("MESSAGE_DELETED");
  }
}

/** Whether a change asks for what is logged already. A text that was deleted since can't be compared. */
function isRepeat(event: LoggedEvent, change: ChangeFrame): boolean {
  switch (change.type) {
    case "send":
      return event.type === "message" && event.replyTo === change.replyTo && sameBody(event.body, change.body);
    case "edit":
      return event.type === "edited" && event.target === change.seq && sameBody(event.body, change.body);
    case "delete":
      return event.type === "deleted" && event.target === change.seq;
    case "react":
      return event.type === "reaction" && event.target === change.seq && event.emoji === change.emoji;
    default:
      return change satisfies never;
  }
}

function sameBody(logged: string, sent: string): boolean {
  return logged === sent || logged === "";
}

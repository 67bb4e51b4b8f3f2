/** From the log and what is pending to the messages a person sees. */
import type { Member } from "../protocol/frames.ts";
import { applyChange, type TranscriptMessage } from "../protocol/transcript.ts";
import { sameItems } from "./equality.ts";
import type { Log } from "./log.ts";
import { marksOfOthers } from "./members.ts";
import type { Pending } from "./outbox.ts";
import type { MessageState, ViewMessage } from "./types.ts";

export interface MessageSources {
  log: Log;
  pending: readonly Pending[];
  members: readonly Member[];
  self: string;
}

type ListSources = Omit<MessageSources, "members"> & ReturnType<typeof marksOfOthers>;

interface Made {
  state: MessageState;
  changes: readonly Pending[];
  view: ViewMessage;
}

const NO_CHANGES: readonly Pending[] = [];

/** Makes the list of messages. What did not change keeps its object, so that a list of 10,000 updates in one pass. */
export class MessageList {
  readonly #made = new WeakMap<TranscriptMessage, Made>();
  readonly #madePending = new WeakMap<Pending, ViewMessage>();
  #sources: readonly unknown[] = [];
  #list: readonly ViewMessage[] = [];

  /** @returns the same list when none of its messages changed */
  make({ log, pending, members, self }: MessageSources): readonly ViewMessage[] {
    const { read, delivered } = marksOfOthers(members, self);
    const sources = [log.messages, pending, self, read, delivered];
    if (!sameItems(sources, this.#sources)) {
      this.#sources = sources;
      this.#list = this.#makeList({ log, pending, self, read, delivered });
    }
    return this.#list;
  }

  #makeList({ log, pending, self, read, delivered }: ListSources): readonly ViewMessage[] {
    const stateOf = ({ sender, seq }: TranscriptMessage): MessageState => {
      if (sender !== self) return "received";
      if (seq <= read) return "read";
      return seq <= delivered ? "delivered" : "sent";
    };
    const changes = byTarget(pending);
    const logged = log.messages.map((message) =>
      this.#logged(message, stateOf(message), changes.get(message.seq) ?? NO_CHANGES, self),
    );
    const unsent = pending.flatMap((change) => this.#pending(change, self) ?? []);
    return logged.concat(unsent);
  }

  #logged(message: TranscriptMessage, state: MessageState, changes: readonly Pending[], self: string): ViewMessage {
    const made = this.#made.get(message);
    if (made && made.state === state && sameItems(made.changes, changes)) return made.view;
    const changed = changes.reduce((result, change) => applyPending(result, change, self), message);
    const error = changes.findLast((change) => change.error)?.error;
    const mine = state !== "received";
    // Ids are the sender's choice: another's could repeat one of mine. They can't contain a "#".
    const key = mine ? message.id : `#${message.seq}`;
    const view = { ...changed, key, mine, state, ...(error && { error }) };
    this.#made.set(message, { state, changes, view });
    return view;
  }

  #pending(pending: Pending, self: string): ViewMessage | undefined {
    const { frame, queuedAt } = pending.item;
    if (frame.type !== "send") return undefined;
    const made = this.#madePending.get(pending);
    if (made) return made;
    const { type: _, ...message } = frame;
    const view = {
      ...message,
      key: frame.id,
      seq: pending.seq,
      sender: self,
      at: pending.at ?? queuedAt,
      reactions: {},
      mine: true,
      state: STATES[pending.state],
      ...(pending.error && { error: pending.error }),
    };
    this.#madePending.set(pending, view);
    return view;
  }
}

const STATES = { waiting: "sending", stored: "sent", failed: "failed" } as const;

/** Pending changes by the `seq` of the message they are about. */
function byTarget(pending: readonly Pending[]): Map<number, readonly Pending[]> {
  const changes = new Map<number, readonly Pending[]>();
  for (const change of pending) {
    const { frame } = change.item;
    if (frame.type !== "send") changes.set(frame.seq, [...(changes.get(frame.seq) ?? NO_CHANGES), change]);
  }
  return changes;
}

/** Shows a change as if the server had it; one that it refused is taken back. */
function applyPending(message: TranscriptMessage, { item, state }: Pending, sender: string): TranscriptMessage {
  const { frame, queuedAt: at } = item;
  if (state === "failed" || frame.type === "send") return message;
  const event = { seq: frame.seq, target: frame.seq, sender, at };
  switch (frame.type) {
    case "edit":
      return applyChange(message, { type: "edited", ...event, body: frame.body });
    case "delete":
      return applyChange(message, { type: "deleted", ...event });
    case "react":
      return applyChange(message, { type: "reaction", ...event, emoji: frame.emoji });
    default:
      return frame satisfies never;
  }
}

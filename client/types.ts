/** What the SDK hands out. `web/` and other users rely on these shapes only. */
import type { TranscriptMessage } from "../protocol/transcript.ts";
import type { CloseReason, Member } from "../protocol/frames.ts";

/**
 * Where a conversation stands.
 *
 * - `idle`: not connected, and not trying to
 * - `connecting`: the first connection is under way; nothing to show yet
 * - `live`: connected, everything received
 * - `reconnecting`: was connected and is trying again; messages can be read, and written ones wait
 * - `closed`: over for good, see `closeReason`; never tries again by itself
 */
export type ConnectionStatus = "idle" | "connecting" | "live" | "reconnecting" | "closed";

/**
 * What happened to a message: mine go from `sending` to `sent` (stored), `delivered` and `read` (by every other
 * member) or to `failed`; everybody else's are `received`.
 */
export type MessageState = "sending" | "sent" | "delivered" | "read" | "failed" | "received";

/** A message as a person sees it: my unsent changes are applied already. */
export interface ViewMessage extends Omit<TranscriptMessage, "seq"> {
  /** Stays the same from `sending` to `read`: a list can use it as its key. */
  key: string;
  /** Position in the log; undefined until the server has stored it. */
  seq: number | undefined;
  mine: boolean;
  state: MessageState;
  /**
   * Why it is `failed`, or, in any other state, why my last change to it was refused (and taken back): a stable code
   * of protocol/errors.ts and its message. Goes with the next change, or with `discard`.
   */
  error?: { code: string; message: string };
}

/** An immutable picture of a conversation; a new object whenever, and only when, something changed. */
export interface ConversationView {
  status: ConnectionStatus;
  /** Set when `status` is `closed`. */
  closeReason: CloseReason | undefined;
  /** My name; undefined until the first `welcome`. */
  self: string | undefined;
  /** Everyone in the conversation, me included. */
  members: readonly Member[];
  /** Names of the others who are typing now. */
  typing: readonly string[];
  /** Oldest first, without gaps; unsent ones at the end. */
  messages: readonly ViewMessage[];
  /** Whether the newest page is there, so that an empty list means an empty chat. */
  loaded: boolean;
  hasOlder: boolean;
  loadingOlder: boolean;
  /** The last `seq` I have read, over all my devices. */
  readSeq: number;
  /** Milliseconds since 1970 of the next attempt, while `reconnecting`. */
  retryAt: number | undefined;
  /** Which of the stores behind the server is out: the chat goes on. */
  degraded: { postgres: boolean; redis: boolean };
  /** Who ended the chat and when, once it is over. */
  ended: { by: string; at: number } | undefined;
}

/** One open conversation. */
export interface Conversation {
  /** Connects and stays connected until `close`; calling it again while connected changes nothing. */
  connect(): void;
  /** Disconnects. What is unsent stays in the outbox and goes out after the next `connect`. */
  close(): void;
  /** Calls `listener` after each change of the view. Returns how to stop it. */
  subscribe(listener: () => void): () => void;
  getView(): ConversationView;
  /** Queues a message, stored in the outbox before it is sent. Returns its id. */
  send(body: string, options?: { replyTo?: number }): string;
  edit(seq: number, body: string): void;
  remove(seq: number): void;
  react(seq: number, emoji: string | null): void;
  /** Sends a failed message again, under the same id. */
  retry(id: string): void;
  /** Drops a failed message, or the `error` of a refused change. `id`: the message's. */
  discard(id: string): void;
  /** Tells the others; turns itself off after 5 s without a further call. */
  setTyping(on: boolean): void;
  /** Marks everything up to `seq` as read. Sent at most once a second. */
  markRead(seq: number): void;
  /** Loads the next older page. Resolves when it is in the view; rejects with ApiError. */
  loadOlder(): Promise<void>;
}

/** What the account's side of the SDK hands out, beside what the API answers. */
import type { CloseReason, LoggedEvent } from "../../protocol/frames.ts";
import type { AccountWelcome } from "../../protocol/platform/account-frames.ts";
import type { Conversation as ConversationSummary } from "../../protocol/platform/conversations.ts";
import type { InboxEvent } from "../../protocol/platform/inbox-events.ts";

export type { ConversationSummary };

/**
 * What happens to an account.
 *
 * - `account`, `invite`, `friend`, `friend_presence`, `conversation`: as the server tells it. What it told while there was no
 *   connection is not told again: with each `connected`, load anew what you show.
 * - `connected`: now, or again; `conversations` are all that I am in
 * - `message`: somebody (I, on another device, included) wrote in a conversation that is not connected here
 * - `disconnected`: the next attempt is at `retry_at`, in milliseconds since 1970
 * - `closed`: over until I log in and `connect()` again
 */
export type AccountEvent =
  | InboxEvent
  | ({ type: "connected" } & Pick<AccountWelcome, "self" | "username" | "conversations">)
  | { type: "message"; conversation_id: string; message: LoggedEvent & { type: "message" } }
  | { type: "disconnected"; retry_at: number }
  | { type: "closed"; reason: CloseReason };

/** My conversations, those with the latest news first; a new object whenever something changed. */
export interface ConversationListView {
  /** Whether an empty list means that there are none. */
  loaded: boolean;
  conversations: readonly ConversationSummary[];
}

/**
 * The list of my conversations, with last messages and counts of what I have not read. Kept up to date while the account
 * is connected and somebody subscribes.
 */
export interface ConversationList {
  /** Calls `listener` after each change. Returns how to stop it. */
  subscribe(listener: () => void): () => void;
  getView(): ConversationListView;
}

/** How somebody is called. */
export interface PersonName {
  username: string;
  /** Unknown of people who are in none of the open conversations any more. */
  displayName: string | undefined;
}

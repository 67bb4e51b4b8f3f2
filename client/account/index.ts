/**
 * The SDK for accounts: the whole platform, in browsers and in Node 22 or later. Apart from ../index.ts, so that a page
 * for two people by a link loads nothing of it. See ../README.md.
 */
import type { SignInAnswer } from "../../protocol/platform/auth.ts";
import { ApiError } from "../api-error.ts";
import { OpenConversation } from "../conversation.ts";
import type { LineHandlers } from "../line.ts";
import { defaultOutbox, type OutboxStore } from "../outbox-store.ts";
import { Transport, type TransportOptions } from "../transport.ts";
import type { Conversation } from "../types.ts";
import { AccountSocket } from "./account-socket.ts";
import { LiveConversationList } from "./conversation-list.ts";
import { createHistory } from "./history.ts";
import { Names } from "./names.ts";
import { createRest, type Rest } from "./rest.ts";
import { Session } from "./session.ts";
import { memoryTokens, type TokenStore } from "./token-store.ts";
import type { AccountEvent, ConversationList, PersonName } from "./types.ts";

export { ApiError } from "../api-error.ts";
export { indexedDbOutbox, memoryOutbox } from "../outbox-store.ts";
export type { OutboxItem, OutboxStore } from "../outbox-store.ts";
export type { WebSocketLike } from "../transport.ts";
export type * from "../types.ts";
export { until } from "../until.ts";
export type { Rest } from "./rest.ts";
export { memoryTokens } from "./token-store.ts";
export type { Tokens, TokenStore } from "./token-store.ts";
export type * from "./types.ts";

export interface AccountOptions extends TransportOptions {
  /** Where the tokens are kept; memory by default. Whoever reads them is logged in. */
  tokens?: TokenStore;
  /** Where unsent messages wait. By default IndexedDB where there is one, else memory. */
  outbox?: OutboxStore;
  /** Milliseconds between heartbeats, default 20,000. The server takes a client silent for 50,000 for gone. */
  pingMs?: number;
}

/** What begins and ends sessions is Account's, which keeps the tokens. */
type AccountApi = Omit<Rest, "signUp" | "signIn" | "signOut" | "refreshTokens" | "deleteAccount">;

/** The API, with tokens kept and renewed by themselves, and the one socket for everything that is live. */
export interface Account {
  /** One method per endpoint of the platform. */
  readonly api: AccountApi;
  signUp: Rest["signUp"];
  signIn: Rest["signIn"];
  /** Ends the session, and forgets what is kept here: tokens, conversations, what is unsent. */
  signOut(): Promise<void>;
  deleteAccount: Rest["deleteAccount"];
  /** The handle of a conversation, always the same one; it connects with `connect()`, and the account with it. */
  open(id: string): Conversation;
  /** Connects also without any conversation: for events, and to be seen by friends. */
  connect(): void;
  /** Disconnects, with all conversations. */
  close(): void;
  /** Calls `listener` with what happens. Returns how to stop it. */
  subscribe(listener: (event: AccountEvent) => void): () => void;
  readonly list: ConversationList;
  /**
   * How somebody is called, by the `sender` of a message or the `name` of a member: undefined of deleted accounts, and of people
   * who were in none of the conversations opened so far. News of it come with news of the view.
   */
  nameOf(accountId: string): PersonName | undefined;
}

/**
 * Makes a client of one person's. It is logged in when the token store holds tokens, or after `signIn` or `signUp`.
 *
 * @throws Error outside a browser without a `baseUrl`
 */
export function createAccount(options: AccountOptions = {}): Account {
  const transport = new Transport(options);
  const outbox = options.outbox ?? defaultOutbox("duet-account-outbox");
  const rest = createRest(transport, () => session);
  const session = new Session(options.tokens ?? memoryTokens(), (refresh_token) =>
    rest.refreshTokens({ refresh_token }),
  );
  const listeners = new Set<(event: AccountEvent) => void>();
  const conversations = new Map<string, Conversation>();
  const names = new Names();
  const list = new LiveConversationList(rest, names);
  const history = createHistory(rest, names);
  let self: string | undefined;
  let leaving = Promise.resolve();

  const socket = new AccountSocket({
    transport,
    session,
    pingMs: options.pingMs,
    check: () => rest.me(),
    onFrame: (id, frame) => list.hear(id, frame),
    onEvent: (event) => {
      if (event.type === "connected") ({ self } = event);
      list.tell(event);
      for (const listener of listeners) listener(event);
    },
    onEnd: (reason) => {
      if (reason === "REVOKED") leaving = leave();
    },
  });

  /** Who logged out wants nothing of theirs left here. */
  async function leave(): Promise<void> {
    self = undefined;
    conversations.clear();
    names.clear();
    list.clear();
    await Promise.all([session.forget(), outbox.clear().catch(() => undefined)]);
  }

  function end(): Promise<void> {
    socket.end("REVOKED");
    return leaving;
  }

  async function enter(answer: SignInAnswer): Promise<SignInAnswer> {
    const { id } = answer.user;
    if (self !== undefined && self !== id) await end();
    await leaving;
    self = id;
    await session.keep(answer, id);
    return answer;
  }

  function makeConversation(id: string): Conversation {
    const connect = (handlers: LineHandlers) =>
      socket.line(id, {
        ...handlers,
        frame(frame) {
          if (frame.type === "welcome") names.meetAll(frame.members);
          handlers.frame(frame);
        },
      });
    return new OpenConversation({ hash: id, api: { history }, connect }, outbox);
  }

  return {
    api: rest,
    signUp: async (body) => enter(await rest.signUp(body)),
    signIn: async (body) => enter(await rest.signIn(body)),
    async signOut() {
      await rest.signOut().catch((error: unknown) => {
        // The session was over already.
        if (!(error instanceof ApiError && error.status === 401)) throw error;
      });
      await end();
    },
    async deleteAccount() {
      await rest.deleteAccount();
      await end();
    },
    open(anyCaseId) {
      // As the server writes it.
      const id = anyCaseId.toLowerCase();
      const conversation = conversations.get(id) ?? makeConversation(id);
      conversations.set(id, conversation);
      return conversation;
    },
    connect: () => socket.start(),
    close() {
      for (const conversation of conversations.values()) conversation.close();
      socket.stop();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    list,
    nameOf: (accountId) => names.get(accountId),
  };
}

/** The list of my conversations, kept up to date by what arrives; only what that leaves open is asked for. */
import type { ServerFrame } from "../../protocol/frames.ts";
import { type Conversation as Summary, toMessage } from "../../protocol/platform/conversations.ts";
import { toTranscriptMessage } from "../../protocol/transcript.ts";
import { ApiError } from "../api-error.ts";
import { backoff } from "../backoff.ts";
import type { OpaqueEvent } from "../incoming.ts";
import { Listeners } from "../listeners.ts";
import type { Names } from "./names.ts";
import type { Rest } from "./rest.ts";
import type { AccountEvent, ConversationList, ConversationListView } from "./types.ts";

const PAGE = 100;

export class LiveConversationList implements ConversationList {
  readonly #rest: Pick<Rest, "conversation" | "conversations">;
  readonly #names: Names;
  /** They hear once of a whole burst. */
  readonly #listeners = new Listeners();
  readonly #known = new Map<string, Summary>();
  /** To be asked for one by one. */
  readonly #stale = new Set<string>();
  #isStale = true;
  #isLoaded = false;
  #isRunning = false;
  #failures = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Ids, as of the connection. Pages may lack one that moves up while they are read. */
  #mine: readonly string[] = [];
  /** Ids that I am no longer in, since the connection: an answer may be older. */
  readonly #left = new Set<string>();
  /** Account id; undefined while not connected. */
  #self: string | undefined;
  #view: ConversationListView | undefined;

  constructor(rest: Pick<Rest, "conversation" | "conversations">, names: Names) {
    this.#rest = rest;
    this.#names = names;
  }

  getView(): ConversationListView {
    this.#view ??= {
      loaded: this.#isLoaded,
      conversations: [...this.#known.values()].sort((a, b) => newsAt(b) - newsAt(a)),
    };
    return this.#view;
  }

  subscribe(listener: () => void): () => void {
    const unsubscribe = this.#listeners.add(listener);
    void this.#run();
    return unsubscribe;
  }

  /** What happened to the account. */
  tell(event: AccountEvent): void {
    switch (event.type) {
      case "connected":
        this.#self = event.self;
        this.#left.clear();
        this.#mine = event.conversations.map(({ conversation_id: id }) => id);
        this.#names.meet(event.self, event.username);
        // What was told meanwhile is not told again.
        this.#isStale = true;
        return void this.#run();
      case "disconnected":
      case "closed":
        this.#self = undefined;
        return clearTimeout(this.#timer);
      case "conversation":
        if (event.change === "removed") return this.#leave(event.conversation_id);
        if (event.change === "added") this.#left.delete(event.conversation_id);
        return this.#ask(event.conversation_id);
      case "account":
      case "friend":
      case "friend_presence":
      case "invite":
      case "message":
        return;
      default:
        event satisfies never;
    }
  }

  /** What happened in a conversation. */
  hear(id: string, frame: ServerFrame | OpaqueEvent): void {
    const known = this.#known.get(id);
    // A replay brings what is counted already.
    if ("seq" in frame && frame.type !== "ack" && frame.seq > (known?.head ?? 0)) {
      if (!known || frame.type !== "message" || !this.#add(known, frame)) this.#ask(id);
    }
    // A push got lost.
    if (frame.type === "pong" && (frame.epoch !== known?.epoch || frame.head > known.head)) this.#ask(id);
    if (frame.type === "receipt" && frame.name === this.#self && known && known.unread_count > 0) {
      const hasReadAll = frame.readSeq >= (known.last_message?.seq ?? 0);
      if (hasReadAll) this.#set({ ...known, unread_count: 0 });
      else this.#ask(id);
    }
  }

  /** @returns false when that takes more than what is known */
  #add(known: Summary, frame: ServerFrame & { type: "message" }): boolean {
    const username = this.#names.get(frame.sender)?.username;
    if (username === undefined || frame.seq > known.head + 1) return false;
    const unread_count = known.unread_count + (frame.sender === this.#self ? 0 : 1);
    const last_message = toMessage(known.id, toTranscriptMessage(frame), username);
    this.#set({ ...known, head: frame.seq, unread_count, last_message });
    return true;
  }

  clear(): void {
    this.#known.clear();
    this.#stale.clear();
    this.#isStale = true;
    this.#isLoaded = false;
    this.#change();
  }

  #ask(id: string): void {
    this.#stale.add(id);
    void this.#run();
  }

  /** Asks for what is wanted, one call after the other, for as long as somebody looks. */
  async #run(): Promise<void> {
    if (this.#isRunning) return;
    this.#isRunning = true;
    clearTimeout(this.#timer);
    try {
      while (this.#self !== undefined && this.#listeners.size > 0 && (await this.#step()));
      this.#failures = 0;
    } catch {
      this.#timer = setTimeout(() => void this.#run(), backoff(this.#failures++));
    }
    this.#isRunning = false;
  }

  /** @returns whether there was something to do */
  async #step(): Promise<boolean> {
    if (this.#isStale) {
      await this.#loadAll();
      return true;
    }
    const [id] = this.#stale;
    if (id === undefined) return false;
    this.#stale.delete(id);
    try {
      this.#meet(await this.#rest.conversation({ id }));
    } catch (error) {
      const isGone = error instanceof ApiError && error.code === "CONVERSATION_UNKNOWN";
      if (!isGone) {
        this.#stale.add(id);
        throw error;
      }
      this.#drop(id);
    }
    return true;
  }

  async #loadAll(): Promise<void> {
    this.#isStale = false;
    this.#stale.clear();
    const found: Summary[] = [];
    try {
      let cursor: string | null | undefined;
      while (cursor !== null) {
        const page = await this.#rest.conversations({ limit: PAGE, ...(cursor !== undefined && { cursor }) });
        found.push(...page.conversations);
        cursor = page.next_cursor;
      }
    } catch (error) {
      this.#isStale = true;
      throw error;
    }
    const ids = new Set(found.map(({ id }) => id));
    for (const id of this.#known.keys()) if (!ids.has(id) && !this.#mine.includes(id)) this.#known.delete(id);
    for (const id of this.#mine) if (!ids.has(id)) this.#stale.add(id);
    this.#isLoaded = true;
    for (const summary of found) this.#meet(summary);
    this.#change();
  }

  /** Takes over what an answer says, unless more has arrived since it was given. */
  #meet(summary: Summary): void {
    const { id, participant, last_message: last } = summary;
    if (participant) {
      const { username, display_name: displayName } = participant;
      this.#names.meet(participant.id, username ?? undefined, displayName ?? undefined);
    }
    if (last) this.#names.meet(last.sender_id, last.sender_username);
    if (this.#left.has(id)) return;
    const known = this.#known.get(id);
    if (known && known.epoch === summary.epoch && known.head > summary.head) return this.#ask(id);
    this.#set(summary);
  }

  #set(summary: Summary): void {
    this.#known.set(summary.id, summary);
    this.#change();
  }

  #leave(id: string): void {
    this.#left.add(id);
    this.#drop(id);
  }

  #drop(id: string): void {
    this.#stale.delete(id);
    if (this.#known.delete(id)) this.#change();
  }

  #change(): void {
    this.#view = undefined;
    this.#listeners.tellSoon();
  }
}

/** Milliseconds since 1970. */
function newsAt({ last_message: last, created_at: createdAt }: Summary): number {
  return last?.sent_at ?? createdAt;
}

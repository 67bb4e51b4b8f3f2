/**
 * Where the conversations stand of which something was pushed last. The runtime tells it with every pong, without waking
 * the object: a device that lost a push on a socket that stays open learns of it from the next one.
 */
import { PING } from "../../protocol/frames.ts";
import type { AccountPong } from "../../protocol/platform/account-frames.ts";
import type { Stand } from "../audience.ts";

/** Of 120 bytes each: an automatic answer has 2,048 at the most. */
const KEPT = 16;

export class Tails {
  readonly #ctx: DurableObjectState;
  /** By conversation, the one that was pushed last at the end. */
  readonly #stands: Map<string, Stand>;

  constructor(ctx: DurableObjectState) {
    this.#ctx = ctx;
    // While the object sleeps the answer is all that is left of it.
    const kept = ctx.getWebSocketAutoResponse();
    const { conversations }: AccountPong = kept ? JSON.parse(kept.response) : { type: "pong", conversations: [] };
    this.#stands = new Map(conversations.map(({ conversation_id: id, ...stand }) => [id, stand]));
    if (!kept) this.#set();
  }

  note(conversationId: string, stand: Stand): void {
    const [newestId, newest] = [...this.#stands].at(-1) ?? [];
    // Marks and typing are pushed, too, and leave the log where it stands.
    if (newestId === conversationId && newest?.epoch === stand.epoch && newest.head === stand.head) return;
    this.#stands.delete(conversationId);
    this.#stands.set(conversationId, stand);
    const [oldest] = this.#stands.keys();
    if (this.#stands.size > KEPT && oldest !== undefined) this.#stands.delete(oldest);
    this.#set();
  }

  forget(conversationId: string): void {
    if (this.#stands.delete(conversationId)) this.#set();
  }

  #set(): void {
    const conversations = [...this.#stands].map(([conversation_id, stand]) => ({ conversation_id, ...stand }));
    const pong: AccountPong = { type: "pong", conversations };
    this.#ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair(PING, JSON.stringify(pong)));
  }
}

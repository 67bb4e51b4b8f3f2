/** One SDK client against the fake server, on a clock that a test winds. */
import { onTestFinished, vi } from "vitest";
import type { Conversation, ConversationView, OutboxStore } from "../../client/index.ts";
import { FakeDuet, HASH } from "./fake-duet.ts";

export interface ClientSession {
  server: FakeDuet;
  conversation: Conversation;
  view: () => ConversationView;
  /** Texts of the messages, each with its state. */
  shown: () => string[];
}

/** Fake timers, a server, and Abhi's client, which is live unless `connect` is false. */
export async function startSession(
  options: { connect?: boolean; outbox?: OutboxStore; prepare?: (server: FakeDuet) => void } = {},
): Promise<ClientSession> {
  vi.useFakeTimers();
  vi.spyOn(Math, "random").mockReturnValue(0.5);
  const server = new FakeDuet();
  options.prepare?.(server);
  const conversation = server.client("Abhi", options).open(HASH);
  onTestFinished(() => {
    conversation.close();
    vi.useRealTimers();
    vi.restoreAllMocks();
  });
  if (options.connect !== false) {
    conversation.connect();
    await pass(100);
  }
  const view = () => conversation.getView();
  const shown = () => view().messages.map(({ body, state }) => `${body}: ${state}`);
  return { server, conversation, view, shown };
}

/** Lets time go by. */
export async function pass(ms: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms);
}

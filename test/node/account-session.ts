/** SDK clients of accounts against the fake server, on a clock that a test winds. */
import { onTestFinished, vi } from "vitest";
import type { Account, AccountEvent, AccountOptions, Conversation } from "../../client/account/index.ts";
import { ALICE, BOB, FakeAccounts } from "./fake-accounts.ts";
import { pass } from "./client-session.ts";

export { pass };

/** Fake timers, and a server. */
export function startServer(): FakeAccounts {
  vi.useFakeTimers();
  vi.spyOn(Math, "random").mockReturnValue(0.5);
  onTestFinished(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
  });
  return new FakeAccounts();
}

/** Somebody's client, logged in, and what it tells. */
export async function startClient(server: FakeAccounts, { username } = ALICE, options: AccountOptions = {}) {
  const account = server.client(options);
  const events: AccountEvent[] = [];
  account.subscribe((event) => events.push(event));
  onTestFinished(() => account.close());
  await settled(account.signIn({ username, password: "12345678" }));
  return { account, events };
}

/** Opens conversations, and lets them connect. */
export async function openAll(account: Account, ...ids: string[]): Promise<Conversation[]> {
  const opened = ids.map((id) => account.open(id));
  for (const conversation of opened) conversation.connect();
  await pass(100);
  return opened;
}

/** What a call comes to, with the time that it takes. */
export async function settled<T>(call: Promise<T>): Promise<T> {
  call.catch(() => undefined);
  await pass(200);
  return call;
}

export function shown(conversation: Conversation | undefined): string[] {
  return conversation?.getView().messages.map(({ body, state }) => `${body}: ${state}`) ?? [];
}

export function statusOf(conversation: Conversation | undefined): string | undefined {
  return conversation?.getView().status;
}

/** Alice's client with these conversations open, each with one message of Bob's. */
export async function startOpen(count = 2) {
  const server = startServer();
  const made = Array.from({ length: count }, () => server.conversation(ALICE, BOB));
  for (const [index, conversation] of made.entries()) conversation.server.message(BOB.id, `hello ${index}`);
  const client = await startClient(server);
  const opened = await openAll(client.account, ...made.map(({ id }) => id));
  const [first, second] = opened;
  const [one, two] = made;
  if (!first || !second || !one || !two) throw new Error("At least two.");
  return { server, made, opened, first, second, one, two, ...client };
}

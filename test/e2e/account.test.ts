/** The SDK for accounts against the real Worker, objects, Postgres and Redis stand-ins. */
import { describe, expect, onTestFinished, test, vi } from "vitest";
import {
  type Account,
  type AccountEvent,
  type AccountOptions,
  type Conversation,
  createAccount,
  until,
} from "../../client/account/index.ts";
import { startStack } from "../../dev/stack.ts";
import { useLine } from "./line.ts";

const PASSWORD = "correct horse battery";
const VARS = {
  EVENTS_PER_SECOND: "100000",
  EVENT_BURST: "100000",
  SIGN_UPS_PER_MINUTE: "1000",
  SIGN_INS_PER_MINUTE: "1000",
  PASSWORD_COST: "8",
  ARCHIVE_DELAY_MS: "100",
  ACCOUNT_ARCHIVE_INTERVAL_MS: "100",
  CONVERSATIONS_PER_MINUTE: "1000",
};

const line = useLine(VARS);

function client(options: AccountOptions = {}) {
  const account = createAccount({ baseUrl: line.stack.url, ...options });
  const events: AccountEvent[] = [];
  account.subscribe((event) => events.push(event));
  onTestFinished(() => account.close());
  return { account, events };
}

async function signedUp(options?: AccountOptions) {
  const made = client(options);
  const username = `user_${crypto.randomUUID().slice(0, 8)}`;
  await made.account.signUp({ email: `${username}@test.com`, username, password: PASSWORD });
  return { ...made, username };
}

/** What a client says on its sockets, and that it goes through the proxy. */
function overheard(): { options: AccountOptions; hellos: () => unknown[][] } {
  const hellos: unknown[][] = [];
  const options: AccountOptions = {
    baseUrl: line.proxy.url,
    webSocket: (url, _headers, protocols) => {
      const socket = new WebSocket(url, protocols);
      const send = socket.send.bind(socket);
      return Object.assign(socket, {
        send(text: string) {
          const frame = JSON.parse(text);
          if (frame.type === "hello") hellos.push(frame.conversations ?? [frame]);
          send(text);
        },
      });
    },
  };
  return { options, hellos: () => hellos };
}

async function openLive(account: Account, id: string): Promise<Conversation> {
  const conversation = account.open(id);
  conversation.connect();
  await until(conversation, ({ status }) => status === "live", 60_000);
  return conversation;
}

/** What a client was told, or will be. */
async function told<T extends AccountEvent["type"]>(
  events: AccountEvent[],
  type: T,
): Promise<AccountEvent & { type: T }> {
  const isOfType = (event: AccountEvent): event is AccountEvent & { type: T } => event.type === type;
  return vi.waitUntil(() => events.find(isOfType), 20_000);
}

function texts(conversation: Conversation): string[] {
  return conversation.getView().messages.map(({ body }) => body);
}

function untilStored(conversation: Conversation, count: number) {
  const stored = (view: ReturnType<Conversation["getView"]>) => view.messages.filter(({ seq }) => seq !== undefined);
  return until(conversation, (view) => view.status === "live" && stored(view).length === count, 60_000);
}

describe("people in a room", () => {
  test("[MUX-7] [MUX-10] two devices of one and one of another see the same, and who wrote what", async () => {
    const alice = await signedUp();
    const phone = client();
    await phone.account.signIn({ username: alice.username, password: PASSWORD });
    const bob = await signedUp();
    const { id } = await alice.account.api.createRoom({ name: "Lobby" });
    const [hers, onPhone] = [await openLive(alice.account, id), await openLive(phone.account, id)];
    await bob.account.api.joinRoom({ id });
    const his = await openLive(bob.account, id);
    const { members } = await until(hers, (view) => view.members.length === 2);
    expect(new Set(members.map(({ username }) => username))).toEqual(new Set([alice.username, bob.username]));
    for (const [index, conversation] of [hers, onPhone, his].entries()) conversation.send(`from ${index}`);
    const views = await Promise.all([hers, onPhone, his].map((conversation) => untilStored(conversation, 3)));
    const seen = views.map(({ messages }) => messages.map(({ seq, body, sender }) => [seq, body, sender]));
    expect(seen[1]).toEqual(seen[0]);
    expect(seen[2]).toEqual(seen[0]);
    const sender = views[0]?.messages.find(({ body }) => body === "from 2")?.sender ?? "";
    expect(alice.account.nameOf(sender)?.username).toBe(bob.username);
    his.markRead(3);
    await until(onPhone, (view) => view.messages.every(({ mine, state }) => !mine || state === "read"));
    onPhone.edit(views[1]?.messages.find(({ body }) => body === "from 1")?.seq ?? 0, "edited");
    await until(his, (view) => view.messages.some(({ body, editedAt }) => body === "edited" && editedAt !== undefined));
    await bob.account.api.leaveRoom({ id });
    expect(await until(his, ({ status }) => status === "closed")).toMatchObject({ closeReason: "ENDED", messages: [] });
    await until(hers, (view) => view.members.length === 1);
    // Who left has no place in the list, but what they wrote still has a name.
    expect(alice.account.nameOf(sender)?.username).toBe(bob.username);
    expect(alice.events).toContainEqual({ type: "conversation", conversation_id: id, change: "changed" });
    expect(bob.events).toContainEqual({ type: "conversation", conversation_id: id, change: "removed" });
  });

  test("[MUX-2] [MUX-3] more conversations than one hello holds are resumed with as few as can be", async () => {
    const { options, hellos } = overheard();
    const { account } = await signedUp(options);
    const rooms = await Promise.all(Array.from({ length: 90 }, () => account.api.createRoom({ name: "One of many" })));
    account.connect();
    const opened = await Promise.all(rooms.map(({ id }) => openLive(account, id)));
    const before = hellos().length;
    line.proxy.cut();
    await until(opened[0] ?? never(), ({ status }) => status === "reconnecting");
    await Promise.all(opened.map((conversation) => until(conversation, ({ status }) => status === "live")));
    const again = hellos().slice(before);
    expect(again.map(({ length }) => length)).toEqual([80, 10]);
    expect(new Set(again.flat().map((opening) => JSON.stringify(opening))).size).toBe(90);
  });
});

test("[MUX-8] [MUX-9] friends find each other, talk, and part: each is told what happens", async () => {
  const alice = await signedUp();
  const bob = await signedUp();
  for (const { account } of [alice, bob]) account.connect();
  bob.account.list.subscribe(() => {});
  const me = await bob.account.api.me();
  await alice.account.api.sendInvite({ kind: "friend", account_id: me.id });
  const invite = await told(bob.events, "invite");
  await bob.account.api.acceptInvite({ id: invite.invite.id });
  expect(await told(alice.events, "friend")).toMatchObject({ account_id: me.id, state: "added" });
  const { id } = await alice.account.api.createConversation({ participant_id: me.id });
  const hers = await openLive(alice.account, id);
  hers.send("Hello Bob");
  const { message } = await told(bob.events, "message");
  expect(message).toMatchObject({ body: "Hello Bob", seq: 1 });
  await expect.poll(() => bob.account.list.getView().conversations[0]?.unread_count).toBe(1);
  const his = await openLive(bob.account, id);
  his.markRead(1);
  await until(hers, ({ messages }) => messages[0]?.state === "read");
  await expect.poll(() => bob.account.list.getView().conversations[0]?.unread_count).toBe(0);
  await bob.account.api.removeFriend({ id: (await alice.account.api.me()).id });
  hers.send("too late");
  await until(hers, ({ messages }) => messages[1]?.error?.code === "CONVERSATION_CLOSED");
});

describe("what goes wrong", () => {
  test("[MUX-6] sends across kills of the Worker land exactly once, in order", async () => {
    const alice = await signedUp({ baseUrl: line.proxy.url });
    const bob = await signedUp();
    const { id } = await alice.account.api.createRoom({ name: "Lobby" });
    await bob.account.api.joinRoom({ id });
    const [hers, his] = [await openLive(alice.account, id), await openLive(bob.account, id)];
    const expected: string[] = [];
    for (let round = 0; round < 3; round++) {
      for (let n = 0; n < 10; n++) {
        expected.push(`${round}.${n}`);
        hers.send(`${round}.${n}`);
      }
      await new Promise((resolve) => setTimeout(resolve, round * 20));
      await line.stack.worker.kill();
      await line.stack.worker.start();
    }
    await Promise.all([untilStored(hers, 30), untilStored(his, 30)]);
    expect(texts(hers)).toEqual(expected);
    expect(texts(his)).toEqual(expected);
  });

  test("[MUX-11] an access token that runs out on the socket is renewed, and every conversation goes on", async () => {
    const seconds = 4;
    const vars = { ...VARS, ACCESS_TOKEN_MINUTES: String(seconds / 60) };
    const shortLived = await startStack({ runtime: "workerd", vars });
    onTestFinished(() => shortLived.stop());
    const alice = await signedUp({ baseUrl: shortLived.url });
    const bob = await signedUp({ baseUrl: shortLived.url });
    const rooms = await Promise.all([1, 2].map((n) => alice.account.api.createRoom({ name: `Room ${n}` })));
    await Promise.all(rooms.map(({ id }) => bob.account.api.joinRoom({ id })));
    const hers = await Promise.all(rooms.map(({ id }) => openLive(alice.account, id)));
    const his = await Promise.all(rooms.map(({ id }) => openLive(bob.account, id)));
    const connections = () => alice.events.filter(({ type }) => type === "connected").length;
    let count = 0;
    while (connections() < 3) {
      count++;
      for (const conversation of hers) conversation.send(String(count));
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
    await Promise.all([...hers, ...his].map((conversation) => untilStored(conversation, count)));
    const expected = Array.from({ length: count }, (_, index) => String(index + 1));
    for (const conversation of [...hers, ...his]) expect(texts(conversation)).toEqual(expected);
    expect(alice.events.some(({ type }) => type === "closed")).toBe(false);
  });

  test("[MUX-12] logging out closes the sockets of this session alone", async () => {
    const alice = await signedUp();
    const phone = client();
    await phone.account.signIn({ username: alice.username, password: PASSWORD });
    const { id } = await alice.account.api.createRoom({ name: "Lobby" });
    const [hers, onPhone] = [await openLive(alice.account, id), await openLive(phone.account, id)];
    const { sessions } = await phone.account.api.sessions();
    await phone.account.api.endSession({ id: sessions.find(({ current }) => !current)?.id ?? "" });
    expect(await until(hers, ({ status }) => status === "closed")).toMatchObject({ closeReason: "REVOKED" });
    onPhone.send("still here");
    await untilStored(onPhone, 1);
    await expect(alice.account.api.me()).rejects.toMatchObject({ status: 401 });
  });
});

function never(): never {
  throw new Error("Nothing was opened.");
}

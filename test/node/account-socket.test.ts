import { describe, expect, test } from "vitest";
import { memoryOutbox } from "../../client/account/index.ts";
import { openAll, pass, shown, startClient, startOpen, startServer, statusOf } from "./account-session.ts";
import { ALICE, BOB } from "./fake-accounts.ts";

describe("one socket for all conversations", () => {
  test("[MUX-1] opens each with a hello, and shows each with its own messages, members and names", async () => {
    const { server, account, first, second, made } = await startOpen();
    expect(server.sockets.size).toBe(1);
    expect(server.hellos()).toEqual([
      { type: "hello", v: 1, conversations: made.map(({ id: conversation_id }) => ({ conversation_id })) },
    ]);
    expect([shown(first), shown(second)]).toEqual([["hello 0: received"], ["hello 1: received"]]);
    expect(first.getView()).toMatchObject({ status: "live", self: ALICE.id });
    expect(first.getView().members).toMatchObject([{ username: "alice" }, { username: "bob", display_name: "BOB" }]);
    expect(account.nameOf(first.getView().messages[0]?.sender ?? "")).toEqual({ username: "bob", displayName: "BOB" });
    const third = server.conversation(ALICE);
    server.cut();
    await pass(1_000);
    const [late] = await openAll(account, third.id);
    expect(statusOf(late)).toBe("live");
    expect(server.hellos().at(-1)).toEqual({ type: "hello", v: 1, conversation_id: third.id });
    expect(account.open(third.id)).toBe(late);
  });

  test("[MUX-2] after a reconnect, one hello resumes all of them where they stand, and nothing is loaded again", async () => {
    const { server, first, second, made, one, two } = await startOpen();
    const requests = server.requests.length;
    server.cut();
    await pass(10);
    expect([statusOf(first), statusOf(second)]).toEqual(["reconnecting", "reconnecting"]);
    one.server.message(BOB.id, "one more");
    two.server.message(BOB.id, "and another");
    await pass(1_000);
    expect(shown(first)).toEqual(["hello 0: received", "one more: received"]);
    expect(shown(second)).toEqual(["hello 1: received", "and another: received"]);
    expect(server.hellos()).toHaveLength(2);
    expect(server.hellos()[1]).toEqual({
      type: "hello",
      v: 1,
      conversations: made.map(({ id: conversation_id }) => ({ conversation_id, epoch: "e1", since: 1 })),
    });
    expect(server.requests).toHaveLength(requests);
  });

  test("[MUX-3] more conversations than fit into one frame are resumed all the same", async () => {
    const { server, opened, events } = await startOpen(200);
    expect(opened.every((conversation) => statusOf(conversation) === "live")).toBe(true);
    server.cut();
    await pass(1_000);
    expect(opened.every((conversation) => statusOf(conversation) === "live")).toBe(true);
    for (const hello of server.hellos()) expect(JSON.stringify(hello).length).toBeLessThan(16_384);
    expect(server.hellos()).toHaveLength(6);
    expect(events.filter(({ type }) => type === "connected")).toHaveLength(2);
  });

  test("[MUX-4] one heartbeat and one backoff serve all: a silent socket is dropped once", async () => {
    const { server, opened, events } = await startOpen(5);
    for (const socket of server.sockets) socket.cut = () => {};
    server.latency = () => 60_000;
    await pass(31_000);
    expect(opened.map(statusOf)).toEqual(opened.map(() => "reconnecting"));
    expect(events.filter(({ type }) => type === "disconnected")).toHaveLength(1);
    server.latency = () => 5;
    await pass(15_000);
    expect(opened.map(statusOf)).toEqual(opened.map(() => "live"));
  });
});

describe("sending", () => {
  test("[MUX-6] goes to its conversation, and lands once although the line is cut again and again", async () => {
    const { server, first, second, one, two } = await startOpen();
    // Half of what is under way when a line is cut arrives all the same.
    let asked = 0;
    server.latency = () => 5 + (asked++ % 2);
    for (let round = 0; round < 10; round++) {
      first.send(`first ${round}`);
      second.send(`second ${round}`);
      await pass(round * 2);
      server.cut();
      await pass(round * 400);
    }
    await pass(30_000);
    const rounds = Array.from({ length: 10 }, (_, round) => round);
    expect(shown(first).slice(1)).toEqual(rounds.map((round) => `first ${round}: sent`));
    expect(shown(second).slice(1)).toEqual(rounds.map((round) => `second ${round}: sent`));
    expect([one.server.log.length, two.server.log.length]).toEqual([11, 11]);
  });

  test("[MUX-6] what was written before the page was closed goes out when it is back", async () => {
    const server = startServer();
    const { id, server: conversation } = server.conversation(ALICE, BOB);
    const outbox = memoryOutbox();
    const before = await startClient(server, ALICE, { outbox });
    before.account.open(id).send("written offline");
    before.account.close();
    const after = await startClient(server, ALICE, { outbox });
    const [opened] = await openAll(after.account, id);
    expect(shown(opened)).toEqual(["written offline: sent"]);
    expect(conversation.log).toHaveLength(1);
  });

  test("[MUX-7] two devices of a person and another person see the same", async () => {
    const server = startServer();
    const { id } = server.conversation(ALICE, BOB);
    const clients = await Promise.all([ALICE, ALICE, BOB].map((person) => startClient(server, person)));
    const opened = (await Promise.all(clients.map(({ account }) => openAll(account, id)))).flat();
    for (const [index, conversation] of opened.entries()) conversation.send(`from ${index}`);
    opened[1]?.markRead(1);
    await pass(3_000);
    const bodies = opened.map((conversation) => conversation.getView().messages.map(({ seq, body }) => [seq, body]));
    expect(bodies[0]).toHaveLength(3);
    expect(bodies[1]).toEqual(bodies[0]);
    expect(bodies[2]).toEqual(bodies[0]);
  });
});

describe("what concerns the account", () => {
  test("[MUX-8] is told to who listens, with the list of conversations on each connection", async () => {
    const { server, account, events, made } = await startOpen();
    const other = server.conversation(ALICE, BOB);
    server.cut();
    await pass(1_000);
    events.length = 0;
    const friend = { type: "friend", account_id: BOB.id, username: "bob", state: "added" } as const;
    const settings = { type: "account", display_name: "Alice", discoverable: true } as const;
    server.notify(friend);
    server.notify(settings);
    other.server.message(BOB.id, "anybody?");
    await pass(10);
    expect(events).toMatchObject([
      friend,
      settings,
      { type: "message", conversation_id: other.id, message: { body: "anybody?", sender: BOB.id } },
    ]);
    events.length = 0;
    server.cut();
    await pass(1_000);
    expect(events).toMatchObject([
      { type: "disconnected", retry_at: expect.any(Number) },
      { type: "connected", self: ALICE.id, username: "alice" },
    ]);
    expect(events[1]).toHaveProperty("conversations.length", made.length + 1);
    account.close();
    server.notify(friend);
    await pass(1_000);
    expect(events).toHaveLength(2);
  });

  test("[MUX-9] a conversation that I am no longer in is closed, and nothing of it stays", async () => {
    const { server, first, second, one } = await startOpen();
    server.conversations.delete(one.id);
    server.notify({ type: "conversation", conversation_id: one.id, change: "removed" });
    await pass(10);
    expect(first.getView()).toMatchObject({ status: "closed", closeReason: "ENDED", messages: [] });
    expect(statusOf(second)).toBe("live");
    first.connect();
    await pass(1_000);
    expect(statusOf(first)).toBe("closed");
  });

  test("[MUX-10] when members change, the view has the new ones without a break, and asks at most once a second", async () => {
    const { server, first, one } = await startOpen();
    const seen = new Set<string>();
    first.subscribe(() => seen.add(first.getView().status));
    one.server.members.delete(BOB.id);
    const hellos = server.hellos().length;
    for (let change = 0; change < 10; change++) {
      server.notify({ type: "conversation", conversation_id: one.id, change: "changed" });
    }
    first.send("still here");
    await pass(100);
    expect(first.getView().members).toMatchObject([{ username: "alice" }]);
    expect(server.hellos()).toHaveLength(hellos + 1);
    await pass(20_000);
    expect(server.hellos()).toHaveLength(hellos + 2);
    expect([...seen]).toEqual(["live"]);
    expect(shown(first)).toEqual(["hello 0: received", "still here: sent"]);
  });
});

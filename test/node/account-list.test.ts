import { expect, test } from "vitest";
import { openAll, pass, startClient, startServer } from "./account-session.ts";
import { ALICE, BOB } from "./fake-accounts.ts";

/** Alice's list of two conversations, each with a message of Bob's. */
async function startList() {
  const server = startServer();
  const [one, two] = [server.conversation(ALICE, BOB), server.conversation(ALICE, BOB)];
  one.server.message(BOB.id, "older");
  await pass(10);
  two.server.message(BOB.id, "newer");
  const client = await startClient(server);
  const { list } = client.account;
  let changes = 0;
  list.subscribe(() => changes++);
  client.account.connect();
  await pass(100);
  const rows = () =>
    list.getView().conversations.map(({ last_message, unread_count: unread }) => `${last_message?.content}: ${unread}`);
  return { server, one, two, list, rows, changes: () => changes, ...client };
}

test("[MUX-15] the list has all my conversations, those with the latest news first", async () => {
  const { list, rows } = await startList();
  expect(list.getView().loaded).toBe(true);
  expect(rows()).toEqual(["newer: 1", "older: 1"]);
  expect(list.getView()).toBe(list.getView());
});

test("[MUX-15] what is said, read and left shows in it, without a call where none is needed", async () => {
  const { server, account, one, two, list, rows, changes } = await startList();
  const requests = server.requests.length;
  const before = changes();
  one.server.message(BOB.id, "again");
  one.server.message(BOB.id, "and again");
  await pass(10);
  expect(rows()).toEqual(["and again: 3", "newer: 1"]);
  expect(list.getView().conversations[0]?.last_message).toMatchObject({ sender_username: "bob", seq: 3 });
  expect(changes() - before).toBeLessThanOrEqual(2);
  one.server.push({ type: "receipt", name: ALICE.id, readSeq: 3, deliveredSeq: 3 });
  await pass(10);
  expect(rows()).toEqual(["and again: 0", "newer: 1"]);
  expect(server.requests).toHaveLength(requests);
  const [opened] = await openAll(account, two.id);
  opened?.send("from me");
  await pass(100);
  expect(rows()).toEqual(["from me: 1", "and again: 0"]);
  one.server.change(BOB.id, { type: "edit", id: "e", seq: 3, body: "edited" });
  await pass(100);
  expect(rows()).toContainEqual(expect.stringMatching(/^edited/));
  server.conversations.delete(one.id);
  server.notify({ type: "conversation", conversation_id: one.id, change: "removed" });
  await pass(10);
  expect(rows()).toEqual(["from me: 1"]);
});

test("[MUX-15] what was deleted is not unread", async () => {
  const { one, rows } = await startList();
  one.server.message(BOB.id, "wrong");
  one.server.change(BOB.id, { type: "delete", id: "d", seq: 2 });
  await pass(100);
  expect(rows()).toEqual([": 1", "newer: 1"]);
});

test("[MUX-15] what a lost push told is asked for after the next pong, and only then", async () => {
  const { server, one, rows } = await startList();
  one.server.loses = () => true;
  one.server.message(BOB.id, "lost");
  one.server.loses = () => false;
  const before = server.requests.length;
  await pass(25_000);
  expect(rows()).toEqual(["lost: 2", "newer: 1"]);
  await pass(60_000);
  expect(server.requests.slice(before)).toEqual([`GET /conversations/${one.id}`]);
});

test("[MUX-15] an answer on its way does not bring back what was left meanwhile", async () => {
  const { server, one, rows } = await startList();
  const leave = () => {
    server.conversations.delete(one.id);
    // The socket is faster than what is on its way.
    server.latency = () => 5;
    server.notify({ type: "conversation", conversation_id: one.id, change: "removed" });
  };
  server.latency = () => 100;
  server.notify({ type: "conversation", conversation_id: one.id, change: "changed" });
  // It has been read, and is on its way back.
  await pass(150);
  leave();
  await pass(1_000);
  expect(rows()).toEqual(["newer: 1"]);

  server.conversations.set(one.id, one.server);
  server.notify({ type: "conversation", conversation_id: one.id, change: "added" });
  await pass(1_000);
  expect(rows()).toEqual(["newer: 1", "older: 1"]);

  server.requests.length = 0;
  server.latency = () => 100;
  server.cut();
  while (!server.requests.includes("GET /conversations")) await pass(10);
  await pass(150);
  leave();
  await pass(1_000);
  expect(rows()).toEqual(["newer: 1"]);
});

test("[MUX-15] what was missed while away is there after the return", async () => {
  const { server, one, rows } = await startList();
  server.cut();
  one.server.message(BOB.id, "meanwhile");
  const third = server.conversation(ALICE);
  await pass(1_000);
  expect(rows()).toEqual(["meanwhile: 2", "newer: 1", "undefined: 0"]);
  const fourth = server.conversation(ALICE, BOB);
  fourth.server.message(BOB.id, "come in");
  server.notify({ type: "conversation", conversation_id: fourth.id, change: "added" });
  await pass(100);
  expect(rows()).toEqual(["come in: 1", "meanwhile: 2", "newer: 1", "undefined: 0"]);
  expect(third.server.log).toEqual([]);
});

test("[MUX-15] a conversation that moved up while the pages were read is asked for by itself", async () => {
  const { server, two, rows } = await startList();
  server.cut();
  two.server.message(BOB.id, "just now");
  await pass(10);
  const third = server.conversation(ALICE, BOB);
  third.server.message(BOB.id, "and here");
  server.overtaken.add(two.id).add(third.id);
  await pass(1_000);
  expect(rows()).toEqual(["and here: 1", "just now: 2", "older: 1"]);
  // Whoever is no longer in one does not see it again.
  server.cut();
  server.conversations.delete(two.id);
  await pass(1_000);
  expect(rows()).toEqual(["and here: 1", "older: 1"]);
});

test("[MUX-15] an answer that was given before what has arrived since takes nothing back; a failed one is asked for again", async () => {
  const { server, one, rows } = await startList();
  server.latency = () => 100;
  server.notify({ type: "conversation", conversation_id: one.id, change: "changed" });
  await pass(250);
  // The answer is on its way, and was read before this.
  server.latency = () => 1;
  one.server.message(BOB.id, "overtakes");
  await pass(20);
  expect(rows()[0]).toBe("overtakes: 2");
  await pass(1_000);
  expect(rows()[0]).toBe("overtakes: 2");
  server.reachable = false;
  one.server.change(BOB.id, { type: "edit", id: "e", seq: 2, body: "edited" });
  await pass(2_000);
  server.reachable = true;
  await pass(10_000);
  expect(rows()[0]).toBe("edited: 2");
});

test("[MUX-15] nobody looks: nothing is asked for", async () => {
  const server = startServer();
  const { server: conversation } = server.conversation(ALICE, BOB);
  const { account } = await startClient(server);
  account.connect();
  await pass(1_000);
  conversation.message(BOB.id, "hello");
  await pass(1_000);
  expect(server.requests).toEqual(["POST /auth/login"]);
  account.list.subscribe(() => {});
  await pass(1_000);
  expect(server.requests).toEqual(["POST /auth/login", "GET /conversations"]);
});

import { describe, expect, onTestFinished, test } from "vitest";
import { ConversationLine } from "../../client/account/conversation-line.ts";
import type { ServerFrame } from "../../protocol/frames.ts";
import { pass, shown, startClient, startOpen, startServer, statusOf } from "./account-session.ts";
import { ALICE, BOB } from "./fake-accounts.ts";

describe("a lost push", () => {
  test("[MUX-5] is noticed at the next event, in its conversation alone", async () => {
    const { server, first, second, one } = await startOpen();
    one.server.loses = (frame) => frame.type === "message" && frame.body === "lost";
    one.server.message(BOB.id, "lost");
    one.server.message(BOB.id, "next");
    await pass(10);
    expect([statusOf(first), statusOf(second)]).toEqual(["reconnecting", "live"]);
    expect(shown(first)).toEqual(["hello 0: received"]);
    one.server.loses = () => false;
    // Meant for the place before it knows where it stands: it is in the answer.
    one.server.message(BOB.id, "third");
    await pass(1_000);
    expect(shown(first)).toEqual(["hello 0: received", "lost: received", "next: received", "third: received"]);
    expect([server.sockets.size, statusOf(second)]).toEqual([1, "live"]);
  });

  test("[MUX-5] at the end of the log is noticed when the conversation says where it stands", async () => {
    const { first, one } = await startOpen();
    one.server.loses = (frame) => frame.type === "message";
    one.server.message(BOB.id, "lost");
    await pass(1_000);
    expect(shown(first)).toEqual(["hello 0: received"]);
    one.server.loses = () => false;
    one.server.push({ type: "live", head: 2, epoch: "e1" });
    await pass(1_000);
    expect(shown(first)).toEqual(["hello 0: received", "lost: received"]);
  });

  test("[MUX-5] at the end of the log is noticed by the next pong, in its conversation alone", async () => {
    const { server, first, second, one } = await startOpen();
    one.server.loses = (frame) => frame.type === "message";
    one.server.message(BOB.id, "lost");
    one.server.loses = () => false;
    await pass(19_000);
    expect(shown(first)).toEqual(["hello 0: received"]);
    // The ping after 20 s, and a second in which the push might still come.
    await pass(3_000);
    expect(shown(first)).toEqual(["hello 0: received", "lost: received"]);
    expect([server.dials, server.hellos().length, statusOf(second)]).toEqual([1, 2, "live"]);
  });

  test("[MUX-5] with the whole log is noticed while the first page is still on its way", async () => {
    const server = startServer();
    const one = server.conversation(ALICE, BOB);
    one.server.message(BOB.id, "hello");
    const { account } = await startClient(server);
    const conversation = account.open(one.id);
    conversation.connect();
    while (server.dials === 0) await pass(1);
    // The page fails; the answer to the hello arrives.
    server.reachable = false;
    await pass(50);
    server.reachable = true;
    one.server.epoch = "e2";
    one.server.push({ type: "live", head: 1, epoch: "e2" });
    await pass(10_000);
    expect([statusOf(conversation), shown(conversation)]).toEqual(["live", ["hello: received"]]);
  });

  test("[MUX-5] with the whole log is noticed by its new epoch", async () => {
    const { first, one } = await startOpen();
    one.server.epoch = "e2";
    one.server.log = [];
    one.server.loses = (frame) => frame.type === "message";
    one.server.message(BOB.id, "anew");
    one.server.loses = () => false;
    one.server.push({ type: "live", head: 1, epoch: "e2" });
    await pass(1_000);
    expect(shown(first)).toEqual(["anew: received"]);
  });
});

test("[MUX-5] a hello without an answer means another socket within 10 s", async () => {
  const { server, first, one } = await startOpen();
  server.cut();
  one.server.loses = (frame) => frame.type === "welcome";
  await pass(5_000);
  expect(statusOf(first)).toBe("reconnecting");
  one.server.loses = () => false;
  await pass(6_000);
  expect([statusOf(first), server.dials]).toEqual(["live", 3]);
});

test("[VIEW-2] a logged change of an unknown kind is no hole", async () => {
  const { server, first, one } = await startOpen();
  const hologram = { type: "hologram", seq: 2, sender: BOB.id, at: 1, conversation_id: one.id };
  for (const socket of server.sockets) socket.pushText(JSON.stringify(hologram));
  one.server.push({ type: "message", seq: 3, id: "m", sender: BOB.id, body: "after", at: 1 });
  await pass(1_000);
  expect(shown(first)).toEqual(["hello 0: received", "after: received"]);
  expect(server.hellos()).toHaveLength(1);
});

test("[MUX-5] only the answer to the last hello counts", () => {
  const heard: unknown[] = [];
  const said: unknown[] = [];
  const handlers = { position: () => ({}), frame: (frame: unknown) => heard.push(frame), lost() {}, closed() {} };
  const socket = { isOpen: true, start() {}, send: (frame: object) => said.push(frame), redial() {} };
  const line = new ConversationLine("c", handlers, socket);
  onTestFinished(() => line.stop());
  line.start();
  line.greet();
  expect(said).toHaveLength(2);
  const welcome = (head: number): ServerFrame => {
    return { type: "welcome", v: 1, epoch: "e", head, recovered: false, self: BOB.id, members: [] };
  };
  line.receive(welcome(1));
  line.receive({ type: "live", head: 1 });
  line.receive(welcome(2));
  line.receive({ type: "live", head: 2 });
  expect(heard).toEqual([welcome(2), { type: "live", head: 2 }]);
});

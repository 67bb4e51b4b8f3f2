import { describe, expect, test } from "vitest";
import { memoryOutbox, type OutboxItem } from "../../client/index.ts";
import { HASH } from "./fake-duet.ts";
import { pass, startSession } from "./client-session.ts";

const bodies = (items: OutboxItem[]) => items.map(({ frame }) => ("body" in frame ? frame.body : frame.type));

describe("a message", () => {
  test("[SEND-11] is sending, sent, delivered and read, as it becomes true", async () => {
    const { server, conversation, shown } = await startSession();
    conversation.send("hello");
    expect(shown()).toEqual(["hello: sending"]);
    await pass(20);
    expect(shown()).toEqual(["hello: sent"]);
    server.push({ type: "receipt", name: "Anny", readSeq: 0, deliveredSeq: 1 });
    await pass(10);
    expect(shown()).toEqual(["hello: delivered"]);
    server.push({ type: "receipt", name: "Anny", readSeq: 1, deliveredSeq: 1 });
    await pass(10);
    expect(shown()).toEqual(["hello: read"]);
    // An older receipt takes nothing back.
    server.push({ type: "receipt", name: "Anny", readSeq: 0, deliveredSeq: 1 });
    await pass(10);
    expect(shown()).toEqual(["hello: read"]);
  });

  test("[SEND-11] keeps its key from the first to the last state", async () => {
    const { conversation, view } = await startSession();
    const id = conversation.send("hello", { replyTo: 1 });
    const [sending] = view().messages;
    await pass(20);
    const [sent] = view().messages;
    expect(sending).toMatchObject({ id, key: id, seq: undefined, sender: "Abhi", mine: true, replyTo: 1 });
    expect(sent).toMatchObject({ id, key: id, seq: 1, sender: "Abhi", mine: true, replyTo: 1 });
  });

  test("[SEND-12] that the protocol does not allow fails at once, and never goes on the wire", async () => {
    const { server, conversation, view } = await startSession();
    conversation.send("");
    conversation.send("x".repeat(4_001));
    conversation.react(1, "no emoji");
    await pass(1_000);
    expect(view().messages.map(({ error }) => error?.code)).toEqual(["MESSAGE_EMPTY", "MESSAGE_TOO_LONG"]);
    expect(server.sent("send")).toEqual([]);
    expect(server.sent("react")).toEqual([]);
  });

  test("[SEND-13] that is refused for good is failed; it can be sent again under its id, or discarded", async () => {
    const { server, conversation, view, shown } = await startSession();
    server.refuses = () => ({ code: "MESSAGE_UNKNOWN", retryable: false });
    const id = conversation.send("hello");
    const other = conversation.send("other");
    await pass(100);
    expect(shown()).toEqual(["hello: failed", "other: failed"]);
    expect(view().messages[0]?.error?.code).toBe("MESSAGE_UNKNOWN");
    server.refuses = () => undefined;
    conversation.retry(id);
    conversation.discard(other);
    await pass(100);
    expect(shown()).toEqual(["hello: sent"]);
    expect(server.log[0]).toMatchObject({ id });
  });
});

describe("an edit, a deletion, a reaction", () => {
  test("[SEND-14] is shown at once, and stays when it is stored", async () => {
    const { server, conversation, view } = await startSession({ prepare: (fake) => fake.message("Abhi", "helo") });
    conversation.edit(1, "hello");
    conversation.react(1, "👋");
    expect(view().messages[0]).toMatchObject({ body: "hello", reactions: { Abhi: "👋" } });
    await pass(100);
    expect(view().messages[0]).toMatchObject({ body: "hello", reactions: { Abhi: "👋" } });
    conversation.remove(1);
    expect(view().messages[0]).toMatchObject({ body: "", reactions: {} });
    await pass(100);
    expect(server.log.map(({ type }) => type)).toEqual(["message", "edited", "reaction", "deleted"]);
  });

  test("[SEND-14] is taken back when it is refused, and the message says why until the next change", async () => {
    const { server, conversation, view } = await startSession({ prepare: (fake) => fake.message("Anny", "hello") });
    server.refuses = () => ({ code: "MESSAGE_NOT_YOURS", retryable: false });
    conversation.edit(1, "mine now");
    await pass(100);
    expect(view().messages[0]).toMatchObject({
      body: "hello",
      state: "received",
      error: { code: "MESSAGE_NOT_YOURS" },
    });
    conversation.discard(view().messages[0]?.id ?? "");
    expect(view().messages[0]?.error).toBeUndefined();
    conversation.edit(1, "mine now");
    await pass(100);
    server.refuses = () => undefined;
    conversation.react(1, "👋");
    expect(view().messages[0]?.error).toBeUndefined();
  });
});

describe("the outbox", () => {
  test("[OUTBOX-1] sends in the order of writing, each after the answer to the one before", async () => {
    const { server, conversation } = await startSession();
    for (const body of ["1", "2", "3"]) conversation.send(body);
    await pass(9);
    expect(server.sent("send").map(({ body }) => body)).toEqual(["1"]);
    await pass(100);
    expect(server.log.map((event) => "body" in event && event.body)).toEqual(["1", "2", "3"]);
  });

  test("[OUTBOX-2] tries again what is refused for now, with growing pauses, and lets nothing overtake it", async () => {
    const { server, conversation, shown } = await startSession();
    let refusals = 3;
    server.refuses = () => (refusals-- > 0 ? { code: "TOO_FAST", retryable: true } : undefined);
    conversation.send("1");
    conversation.send("2");
    await pass(500);
    expect(server.sent("send")).toHaveLength(1);
    expect(shown()).toEqual(["1: sending", "2: sending"]);
    await pass(10_000);
    expect(server.sent("send").map(({ body }) => body)).toEqual(["1", "1", "1", "1", "2"]);
    expect(shown()).toEqual(["1: sent", "2: sent"]);
  });

  test("[OUTBOX-3] has a change before the wire has it, and until it is stored", async () => {
    const outbox = memoryOutbox();
    const { server, conversation } = await startSession({ outbox });
    conversation.send("hello");
    expect(bodies(await outbox.list(HASH))).toEqual(["hello"]);
    expect(server.sent("send")).toEqual([]);
    await pass(6);
    expect(server.sent("send")).toHaveLength(1);
    expect(bodies(await outbox.list(HASH))).toEqual(["hello"]);
    await pass(20);
    expect(await outbox.list(HASH)).toEqual([]);
  });

  test("[OUTBOX-4] waits while offline, and for the next visit; then everything goes out once", async () => {
    const outbox = memoryOutbox();
    const { server, conversation, shown } = await startSession({ outbox });
    server.reachable = false;
    server.cut();
    conversation.send("1");
    conversation.send("2");
    await pass(1_000);
    expect(shown()).toEqual(["1: sending", "2: sending"]);
    conversation.close();
    server.reachable = true;
    const nextVisit = server.client("Abhi", { outbox }).open(HASH);
    nextVisit.connect();
    await pass(1_000);
    nextVisit.close();
    expect(server.log.map((event) => "body" in event && event.body)).toEqual(["1", "2"]);
    expect(server.sent("send")).toHaveLength(2);
  });

  test("[OUTBOX-4] a change whose answer never comes is sent again under the same id", async () => {
    const { server, conversation, shown } = await startSession();
    server.loses = (frame) => frame.type === "ack" || frame.type === "message";
    conversation.send("hello");
    await pass(100);
    server.loses = () => false;
    expect(shown()).toEqual(["hello: sending"]);
    await pass(15_000);
    expect(shown()).toEqual(["hello: sent"]);
    expect(server.log).toHaveLength(1);
  });

  test("[OUTBOX-5] looks for a message that may be stored, further back than ids are recognised", async () => {
    const outbox = memoryOutbox();
    const { server, conversation } = await startSession({ outbox });
    server.kept = 10;
    conversation.send("hello");
    await pass(6);
    server.cut();
    conversation.close();
    for (let n = 0; n < 20; n++) server.message("Anny", `${n}`);
    const nextVisit = server.client("Abhi", { outbox }).open(HASH);
    nextVisit.connect();
    await pass(5_000);
    expect(server.log.filter((event) => "body" in event && event.body === "hello")).toHaveLength(1);
    expect(await outbox.list(HASH)).toEqual([]);
    nextVisit.close();
  });

  test("[OUTBOX-6] shared by two tabs is sent once, and both show it", async () => {
    const outbox = memoryOutbox();
    const { server, conversation, shown } = await startSession({ outbox, connect: false });
    const other = server.client("Abhi", { outbox }).open(HASH);
    conversation.send("hello");
    conversation.connect();
    other.connect();
    await pass(1_000);
    expect(server.log).toHaveLength(1);
    expect(shown()).toEqual(["hello: sent"]);
    expect(other.getView().messages).toHaveLength(1);
    expect(await outbox.list(HASH)).toEqual([]);
    other.close();
  });

  test("[OUTBOX-7] is not sent as somebody else who signs in to the chat in this browser", async () => {
    const outbox = memoryOutbox();
    const { server, conversation } = await startSession({ outbox });
    server.reachable = false;
    server.cut();
    conversation.send("from Abhi");
    conversation.close();
    await pass(100);
    server.reachable = true;
    const anny = server.client("Anny", { outbox }).open(HASH);
    anny.connect();
    await pass(1_000);
    expect(anny.getView().messages).toEqual([]);
    anny.close();
    conversation.connect();
    await pass(1_000);
    expect(server.log).toMatchObject([{ sender: "Abhi", body: "from Abhi" }]);
  });

  test("[OUTBOX-8] that can't be written stops no message", async () => {
    const broken = () => Promise.reject(new Error("QuotaExceededError"));
    const outbox = { list: broken, put: broken, remove: broken, clear: broken };
    const { server, conversation, shown } = await startSession({ outbox });
    conversation.send("1");
    await pass(100);
    server.cut();
    conversation.send("2");
    await pass(1_000);
    expect(shown()).toEqual(["1: sent", "2: sent"]);
  });
});

import { describe, expect, test } from "vitest";
import { memoryOutbox } from "../../client/index.ts";
import { CLOSE_REASONS, FATAL_CLOSE } from "../../protocol/frames.ts";
import { HASH } from "./fake-duet.ts";
import { pass, startSession } from "./client-session.ts";

describe("a connection that is closed", () => {
  test.each(CLOSE_REASONS)("[CLOSE-1] with the fatal code and %s is not taken up again by itself", async (reason) => {
    const { server, conversation, view } = await startSession();
    server.end(FATAL_CLOSE, reason);
    await pass(60_000);
    expect(view()).toMatchObject({ status: "closed", closeReason: reason, retryAt: undefined });
    expect(server.sent("hello")).toHaveLength(1);
    conversation.connect();
    await pass(100);
    expect(view()).toMatchObject({ status: "live", closeReason: undefined });
  });

  test("[CLOSE-1] with a fatal reason of a newer server is closed all the same", async () => {
    const { server, view } = await startSession();
    server.end(FATAL_CLOSE, "SOMETHING_NEW");
    await pass(10);
    expect(view()).toMatchObject({ status: "closed", closeReason: "PROTOCOL" });
  });

  test.each([1000, 1001, 1006, 1011, 1012, 4001])("[CLOSE-2] with code %i is opened again", async (code) => {
    const { server, view } = await startSession();
    server.end(code, "ENDED");
    await pass(1_000);
    expect(view().status).toBe("live");
  });

  test("[CLOSE-3] by me stays closed, and leaves no timer behind", async () => {
    const { server, conversation, view } = await startSession();
    conversation.setTyping(true);
    conversation.close();
    await pass(60_000);
    expect(view().status).toBe("idle");
    expect(server.sockets.size).toBe(0);
  });
});

describe("an upgrade that is refused", () => {
  test("[CLOSE-4] without a session ends in UNAUTHENTICATED; signed in again, what was written goes out", async () => {
    const outbox = memoryOutbox();
    const { server, conversation, view, shown } = await startSession({ outbox });
    server.signedIn = false;
    server.cut();
    conversation.send("hello");
    await pass(5_000);
    expect(view()).toMatchObject({ status: "closed", closeReason: "UNAUTHENTICATED" });
    expect(await outbox.list(HASH)).toHaveLength(1);
    server.signedIn = true;
    conversation.connect();
    await pass(100);
    expect(shown()).toEqual(["hello: sent"]);
  });

  test("[CLOSE-4] at the first visit too, from the answer to the page", async () => {
    const { server, conversation, view } = await startSession({ connect: false });
    server.signedIn = false;
    conversation.connect();
    await pass(100);
    expect(view()).toMatchObject({ status: "closed", closeReason: "UNAUTHENTICATED", loaded: false });
  });

  test("[CLOSE-4] because the server is away is tried again for as long as it takes", async () => {
    const { server, view } = await startSession();
    server.reachable = false;
    server.cut();
    await pass(600_000);
    expect(view().status).toBe("reconnecting");
    expect(view().retryAt).toBeGreaterThan(Date.now());
    server.reachable = true;
    await pass(30_000);
    expect(view()).toMatchObject({ status: "live", retryAt: undefined });
  });
});

describe("a chat that is over", () => {
  test("[CLOSE-5] tells by whom, shows no messages, and keeps none in the outbox", async () => {
    const outbox = memoryOutbox();
    const { server, conversation, view } = await startSession({ outbox });
    server.message("Anny", "hello");
    await pass(10);
    server.reachable = false;
    conversation.send("too late");
    server.push({ type: "ended", by: "Anny", at: 1_000 });
    await pass(100);
    expect(view()).toMatchObject({ status: "closed", closeReason: "ENDED", ended: { by: "Anny", at: 1_000 } });
    expect(view().messages).toEqual([]);
    expect(await outbox.list(HASH)).toEqual([]);
  });

  test("[CLOSE-5] also when it ended while we were away", async () => {
    const { server, view } = await startSession();
    server.ended = true;
    server.cut();
    await pass(5_000);
    expect(view()).toMatchObject({ status: "closed", closeReason: "ENDED" });
  });

  test("[CLOSE-6] signing out leaves neither messages nor an outbox", async () => {
    const outbox = memoryOutbox();
    const { server, conversation, view } = await startSession({ outbox });
    server.message("Anny", "hello");
    await pass(10);
    server.refuses = () => ({ code: "TOO_FAST", retryable: true });
    conversation.send("unsent");
    server.end(FATAL_CLOSE, "REVOKED");
    await pass(100);
    expect(view()).toMatchObject({ closeReason: "REVOKED", messages: [] });
    expect(await outbox.list(HASH)).toEqual([]);
  });
});

import { describe, expect, test } from "vitest";
import { openAll, pass, startClient, startOpen, startServer, statusOf } from "./account-session.ts";
import { ALICE, BOB } from "./fake-accounts.ts";

describe("the end", () => {
  test("[MUX-11] of an access token renews it and resumes, as if the line had been cut", async () => {
    const { server, first, second, events, one } = await startOpen();
    const waiting = first.send("under way");
    server.expireTokens();
    server.end(4000, "UNAUTHENTICATED");
    await pass(10);
    expect(statusOf(first)).toBe("reconnecting");
    one.server.message(BOB.id, "meanwhile");
    await pass(1_000);
    // The old token is not tried again.
    expect(server.dials).toBe(2);
    expect([statusOf(first), statusOf(second)]).toEqual(["live", "live"]);
    expect(first.getView().messages.filter(({ id }) => id === waiting)).toHaveLength(1);
    expect(first.getView().messages).toHaveLength(3);
    expect(server.refreshes).toBe(1);
    expect(events.some(({ type }) => type === "closed")).toBe(false);
  });

  test("[MUX-11] that is refused on the way in is found out and renewed", async () => {
    const { server, first } = await startOpen();
    server.expireTokens();
    server.cut();
    await pass(10_000);
    expect([statusOf(first), server.refreshes]).toEqual(["live", 1]);
  });

  test("[MUX-11] that can't be renewed for now is tried again soon", async () => {
    const { server, first } = await startOpen();
    server.expireTokens();
    server.end(4000, "UNAUTHENTICATED");
    server.reachable = false;
    await pass(1_500);
    expect(statusOf(first)).toBe("reconnecting");
    server.reachable = true;
    await pass(2_500);
    expect(statusOf(first)).toBe("live");
  });

  test("[MUX-12] of the session closes every conversation; logging in again goes on", async () => {
    const { server, account, opened, first, events } = await startOpen();
    server.expireTokens();
    server.refreshable = false;
    server.end(4000, "UNAUTHENTICATED");
    await pass(1_000);
    for (const conversation of opened) {
      expect(conversation.getView()).toMatchObject({ status: "closed", closeReason: "UNAUTHENTICATED" });
    }
    expect(events.at(-1)).toEqual({ type: "closed", reason: "UNAUTHENTICATED" });
    const requests = server.requests.length;
    await pass(60_000);
    expect(server.requests).toHaveLength(requests);
    server.refreshable = true;
    void account.signIn({ username: "alice", password: "12345678" });
    await pass(100);
    first.connect();
    await pass(1_000);
    expect(statusOf(first)).toBe("live");
  });

  test("[MUX-12] without a login there is nothing to connect to", async () => {
    const server = startServer();
    const account = server.client();
    const conversation = account.open(crypto.randomUUID());
    conversation.connect();
    await pass(1_000);
    expect(conversation.getView()).toMatchObject({ status: "closed", closeReason: "UNAUTHENTICATED" });
    expect(server.sockets.size).toBe(0);
  });

  test("[MUX-13] closing the account closes all, and leaves no timer; it can be connected again", async () => {
    const { server, account, first, second } = await startOpen();
    second.close();
    account.close();
    await pass(60_000);
    expect([statusOf(first), statusOf(second)]).toEqual(["idle", "idle"]);
    expect(server.sockets.size).toBe(0);
    await openAll(account, ...server.conversations.keys());
    expect([statusOf(first), statusOf(second)]).toEqual(["live", "live"]);
  });
});

test("[MUX-13] closing while hello is under way keeps nobody from coming back", async () => {
  const { server, account, first, second } = await startOpen();
  server.cut();
  server.latency = () => 20;
  await pass(170);
  account.close();
  await openAll(account, ...server.conversations.keys());
  await pass(200);
  expect([statusOf(first), statusOf(second)]).toEqual(["live", "live"]);
});

test("[MUX-14] a server that takes no token does not get asked without end", async () => {
  const server = startServer();
  const { id } = server.conversation(ALICE, BOB);
  const { account } = await startClient(server);
  await openAll(account, id);
  const end = setInterval(() => server.end(4000, "UNAUTHENTICATED"), 50);
  await pass(60_000);
  clearInterval(end);
  expect(server.refreshes).toBeLessThan(20);
});

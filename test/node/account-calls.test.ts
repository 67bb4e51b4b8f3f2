import { describe, expect, expectTypeOf, test } from "vitest";
import { type Account, ApiError, memoryOutbox, memoryTokens } from "../../client/account/index.ts";
import type { MessagesPage } from "../../protocol/platform/conversations.ts";
import { PLATFORM_ENDPOINTS } from "../../protocol/platform/endpoints.ts";
import { openAll, pass, settled, startClient, startServer } from "./account-session.ts";
import { ALICE, BOB } from "./fake-accounts.ts";

const ID = "7f3a1c52-4b0e-4a56-9d3c-2f1e8b6a9d10";

/** A client of a server that answers everything with what the table of endpoints gives as an example. */
function exampleClient(answer: unknown, status = 200) {
  const requests: { method: string; path: string; body: unknown; headers: Headers }[] = [];
  const server = startServer();
  const account = server.client({
    tokens: {
      load: async () => ({ accountId: ID, accessToken: "access", refreshToken: "refresh", renewAt: Infinity }),
      save: async () => {},
    },
    fetch: async (input, init) => {
      const request = new Request(input, init);
      const { pathname, search } = new URL(request.url);
      const text = await request.text();
      const body = text === "" ? undefined : JSON.parse(text);
      const path = pathname.replace("/chat-server/api/v1", "") + search;
      requests.push({ method: request.method, path, body, headers: request.headers });
      return answer === undefined ? new Response(null, { status: 204 }) : Response.json(answer, { status });
    },
  });
  return { account, requests };
}

describe("calls", () => {
  test("[CALL-11] there is a method for every row of the table but the socket", () => {
    const account = startServer().client();
    const names = Object.keys(PLATFORM_ENDPOINTS).filter((name) => name !== "accountSocket");
    for (const name of names) expect(account.api).toHaveProperty(name, expect.any(Function));
  });

  test("[CALL-11] they take the path's parts, then the body or the query, and go with the token", async () => {
    const { account, requests } = exampleClient(undefined);
    await account.api.react({ id: ID, seq: 3 }, { emoji: "👋" });
    await account.api.removeMember({ id: "a/b", account_id: "me" });
    await account.api.conversations({ limit: 5, cursor: "c=" }).catch(() => undefined);
    await account.api.rooms().catch(() => undefined);
    await account.api.verifyEmail({ token: "t" });
    expect(requests).toMatchObject([
      { method: "PUT", path: `/conversations/${ID}/messages/3/reaction`, body: { emoji: "👋" } },
      { method: "DELETE", path: "/conversations/a%2Fb/members/me", body: undefined },
      { method: "GET", path: "/conversations?limit=5&cursor=c%3D", body: undefined },
      { method: "GET", path: "/rooms", body: undefined },
      { method: "POST", path: "/auth/verify-email", body: { token: "t" } },
    ]);
    expect(requests.map(({ headers }) => headers.get("authorization"))).toEqual([
      ...Array.from({ length: 4 }, () => "Bearer access"),
      null,
    ]);
  });

  test("[CALL-11] they answer what the table says, checked, and typed by it", async () => {
    const { example } = PLATFORM_ENDPOINTS.conversationMessages.answer;
    const { account } = exampleClient(example);
    expect(await account.api.conversationMessages({ id: ID })).toEqual(example);
    await expect(account.api.conversation({ id: ID })).rejects.toMatchObject({ code: "UNREACHABLE" });
    expectTypeOf(account.api.conversationMessages).returns.resolves.toEqualTypeOf<MessagesPage>();
    expectTypeOf(account.api.addMembers).returns.resolves.toBeVoid();
    expectTypeOf<Parameters<Account["api"]["conversations"]>>().toEqualTypeOf<
      [query?: { limit?: number; cursor?: string }]
    >();
    expectTypeOf<Parameters<Account["api"]["editMessage"]>>().toEqualTypeOf<
      [parameters: Record<"id" | "seq", string | number>, body: { content: string; id?: string | undefined }]
    >();
    expectTypeOf<Parameters<Account["api"]["createLink"]>[1]>().toEqualTypeOf<{
      expires_in?: number | undefined;
      max_uses?: number | null | undefined;
    }>();
    expectTypeOf<Parameters<Account["api"]["me"]>>().toEqualTypeOf<[]>();
  });
});

describe("an access token", () => {
  test("[CALL-12] that has run out is renewed once for all calls, which are made again", async () => {
    const server = startServer();
    const { account } = await startClient(server);
    server.expireTokens();
    const calls = await settled(Promise.all(Array.from({ length: 10 }, () => account.api.me())));
    expect(calls.map(({ username }) => username)).toEqual(Array.from({ length: 10 }, () => "alice"));
    expect(server.refreshes).toBe(1);
  });

  test("[CALL-12] is renewed before it runs out", async () => {
    const server = startServer();
    const { account } = await startClient(server);
    await pass(820_000);
    server.requests.length = 0;
    await settled(Promise.all([account.api.me(), account.api.me()]));
    expect(server.requests.toSorted()).toEqual(["GET /auth/me", "GET /auth/me", "POST /auth/refresh"]);
  });

  test("[CALL-12] that another tab has renewed is taken from the store", async () => {
    const server = startServer();
    const tokens = memoryTokens();
    const [one, two] = [await startClient(server, ALICE, { tokens }), server.client({ tokens })];
    server.expireTokens();
    await settled(two.api.me());
    await settled(one.account.api.me());
    expect(server.refreshes).toBe(1);
  });

  test("[CALL-12] is not renewed again for a refusal of the one before", async () => {
    const server = startServer();
    const { account } = await startClient(server);
    server.expireTokens();
    server.latency = () => 300;
    const slow = account.api.me();
    await pass(1);
    server.latency = () => 5;
    await settled(account.api.me());
    expect(server.refreshes).toBe(1);
    await pass(500);
    expect(await slow).toMatchObject({ username: "alice" });
    expect(server.refreshes).toBe(1);
  });

  test("[CALL-12] of somebody who logged in meanwhile stays, and is not used for what another one asked", async () => {
    const server = startServer();
    const { account } = await startClient(server);
    server.expireTokens();
    server.latency = () => 20;
    const late = account.api.me().catch((error: unknown) => error);
    await pass(45);
    server.latency = () => 1;
    void account.signIn({ username: "bob", password: "12345678" });
    await pass(500);
    expect(await late).toMatchObject({ code: "UNAUTHENTICATED" });
    expect(await settled(account.api.me())).toMatchObject({ username: "bob" });
    expect(server.refreshes).toBe(1);
  });

  test("[CALL-12] of somebody else who logged in in another tab is not used, and stays when this one logs out", async () => {
    const server = startServer();
    const tokens = memoryTokens();
    const { account } = await startClient(server, ALICE, { tokens });
    await startClient(server, BOB, { tokens });
    await expect(settled(account.api.me())).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
    account.connect();
    await pass(1_000);
    expect(server.sockets.size).toBe(0);
    await settled(account.signOut());
    expect(await tokens.load()).toMatchObject({ accountId: BOB.id });
  });

  test("[CALL-12] of a new login in another tab takes the place of one that is being renewed", async () => {
    const server = startServer();
    const tokens = memoryTokens();
    const { account } = await startClient(server, ALICE, { tokens });
    server.expireTokens();
    server.latency = () => 20;
    const slow = account.api.me();
    await pass(45);
    // The refresh is under way when the other tab logs in.
    server.latency = () => 1;
    void server.client({ tokens }).signIn({ username: "alice", password: "12345678" });
    await pass(10);
    const kept = await tokens.load();
    await settled(slow);
    expect([server.refreshes, await tokens.load()]).toEqual([1, kept]);
  });

  test("[CALL-12] that can't be renewed for now is tried again with the next call", async () => {
    const server = startServer();
    const { account } = await startClient(server);
    server.expireTokens();
    server.reachable = false;
    await expect(settled(account.api.me())).rejects.toMatchObject({ code: "UNREACHABLE" });
    server.reachable = true;
    expect(await settled(account.api.me())).toMatchObject({ username: "alice" });
  });
});

describe("logging out", () => {
  test("[CALL-13] when the session is over, calls say so and the tokens are forgotten", async () => {
    const server = startServer();
    const tokens = memoryTokens();
    const { account } = await startClient(server, ALICE, { tokens });
    server.expireTokens();
    server.refreshable = false;
    await expect(settled(account.api.me())).rejects.toMatchObject({ code: "REFRESH_TOKEN_INVALID", status: 401 });
    expect(await tokens.load()).toBeUndefined();
    await expect(settled(account.api.me())).rejects.toBeInstanceOf(ApiError);
    await expect(settled(account.api.me())).rejects.toMatchObject({ code: "UNAUTHENTICATED", status: 401 });
  });

  test("[CALL-13] leaves nothing of the account here, tokens and unsent messages included", async () => {
    const server = startServer();
    const { id } = server.conversation(ALICE, BOB);
    const [tokens, outbox] = [memoryTokens(), memoryOutbox()];
    const { account, events } = await startClient(server, ALICE, { tokens, outbox });
    account.open("another").send("unsent");
    const [conversation] = await openAll(account, id);
    conversation?.send("sent");
    await settled(account.signOut());
    expect(conversation?.getView()).toMatchObject({ status: "closed", closeReason: "REVOKED", messages: [] });
    expect([await tokens.load(), await outbox.list(id), await outbox.list("another")]).toEqual([undefined, [], []]);
    expect(events.at(-1)).toEqual({ type: "closed", reason: "REVOKED" });
    expect(account.nameOf(BOB.id)).toBeUndefined();
    expect(account.open(id)).not.toBe(conversation);
  });

  test("[CALL-13] works also when the session was over before", async () => {
    const server = startServer();
    const tokens = memoryTokens();
    const { account } = await startClient(server, ALICE, { tokens });
    server.expireTokens();
    server.refreshable = false;
    await settled(account.signOut());
    expect(await tokens.load()).toBeUndefined();
  });

  test("[CALL-13] and in as somebody else shows nothing of the first", async () => {
    const server = startServer();
    const { id } = server.conversation(ALICE, BOB);
    const { account } = await startClient(server);
    const [hers] = await openAll(account, id);
    await settled(account.signIn({ username: "bob", password: "12345678" }));
    expect(hers?.getView()).toMatchObject({ status: "closed", messages: [] });
    const [his] = await openAll(account, id);
    expect(his?.getView()).toMatchObject({ status: "live", self: BOB.id });
  });
});

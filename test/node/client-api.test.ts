import { afterEach, describe, expect, test, vi } from "vitest";
import { ApiError, createDuet, memoryOutbox } from "../../client/index.ts";
import { BASE_PATH } from "../../protocol/limits.ts";
import { HASH } from "./fake-duet.ts";

const CHAT = { hash: HASH, users: ["Abhi", "Anny"], self: null, ended: false };
const LOGIN = { hash: HASH, userName: "Abhi", peer: "Anny", expiresAt: 1_000 };

/** A client of a server that gives these answers, one after the other. */
function clientOf(...answers: (Response | Error)[]) {
  const requests: Request[] = [];
  const upgrades: Record<string, string>[] = [];
  const duet = createDuet({
    baseUrl: "http://duet.test/",
    fetch: async (input, init) => {
      requests.push(new Request(input, init));
      const answer = answers.shift();
      if (answer instanceof Response) return answer;
      throw answer ?? new Error("No further answer.");
    },
    webSocket: (_url, headers) => {
      upgrades.push(headers);
      return Object.assign(new EventTarget(), { send() {}, close() {} });
    },
  });
  return { duet, requests, upgrades };
}

const ok = (data: unknown, headers: HeadersInit = {}) => Response.json({ status: "OK", code: 200, data }, { headers });

const failed = (status: number, code: string, more: object = {}, headers: HeadersInit = {}) =>
  Response.json(
    { status: "Failed", code: status, error: { code, message: "Why.", requestId: "r-1", ...more } },
    { status, headers },
  );

afterEach(() => vi.unstubAllGlobals());

describe("calls", () => {
  test("[CALL-1] go where the Worker's endpoints are, with names and hashes encoded", async () => {
    const { duet, requests } = clientOf(ok(LOGIN), ok({ id: "m", seq: 1, at: 1, delivered: true }), ok(CHAT));
    await duet.login({ hash: HASH, userName: "Ab/hi?" });
    await duet.sendMessage({ hash: HASH, sender: "Abhi", receiver: "Anny", message: "hello", replyTo: 1 });
    await duet.chat("../health");
    expect(requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
      `POST http://duet.test${BASE_PATH}/user/Ab%2Fhi%3F/login`,
      `POST http://duet.test${BASE_PATH}/user/${HASH}/message_send`,
      `GET http://duet.test${BASE_PATH}/user/..%2Fhealth`,
    ]);
    expect(await requests[1]?.json()).toEqual({
      userHash: HASH,
      sender: "Abhi",
      reciever: "Anny",
      message: "hello",
      replyTo: 1,
      timestamp: expect.any(Number),
      id: expect.stringMatching(/^[\w-]{1,64}$/),
    });
  });

  test("[CALL-2] a refusal is an ApiError with the server's code, and what it says about it", async () => {
    const { duet } = clientOf(failed(429, "NEW_CODE", { details: ["userName"] }, { "retry-after": "7" }));
    const error = await duet.login({ hash: HASH, userName: "Abhi" }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({
      name: "ApiError",
      code: "NEW_CODE",
      status: 429,
      message: "Why.",
      details: ["userName"],
      requestId: "r-1",
      retryAfter: 7,
    });
  });

  test.each([
    ["no answer", new TypeError("fetch failed"), 0],
    ["a proxy's error page", new Response("<h1>Bad gateway</h1>", { status: 502 }), 502],
    ["a hotel's login page", new Response("<h1>Welcome</h1>", { status: 200 }), 200],
    ["JSON of somebody else", Response.json({ hello: "world" }), 200],
  ])("[CALL-3] %s is UNREACHABLE", async (_name, answer, status) => {
    const { duet } = clientOf(answer);
    await expect(duet.chat(HASH)).rejects.toMatchObject({ code: "UNREACHABLE", status, retryAfter: undefined });
  });

  test("[CALL-3] an answer that takes longer than the time limit is UNREACHABLE", async () => {
    const asked: number[] = [];
    vi.spyOn(AbortSignal, "timeout").mockImplementation((ms) => {
      asked.push(ms);
      return AbortSignal.abort();
    });
    const duet = createDuet({
      baseUrl: "http://duet.test",
      fetch: async (_input, init) => {
        init?.signal?.throwIfAborted();
        return ok(CHAT);
      },
    });
    await expect(duet.chat(HASH)).rejects.toMatchObject({ code: "UNREACHABLE", status: 0 });
    expect(asked).toEqual([15_000]);
    vi.restoreAllMocks();
  });

  test("[CALL-4] outside a browser a client needs an address; in one it is the page's", async () => {
    expect(() => createDuet()).toThrow(/baseUrl/);
    vi.stubGlobal("location", { origin: "https://duet.example" });
    const urls: string[] = [];
    const duet = createDuet({
      fetch: async (input) => {
        urls.push(new Request(input).url);
        return ok(CHAT);
      },
    });
    await duet.chat(HASH);
    expect(urls).toEqual([`https://duet.example${BASE_PATH}/user/${HASH}`]);
  });
});

describe("sessions outside a browser", () => {
  const cookie = (value: string, more = "") =>
    ["set-cookie", `duet_${HASH}=${value}; HttpOnly; Path=/${more}`] as const;

  test("[CALL-5] the cookie of a login goes with every call and upgrade, until it is taken back", async () => {
    const { duet, requests, upgrades } = clientOf(
      ok(LOGIN, [[...cookie("a=b")], ["set-cookie", "other=1"]]),
      ok({ messages: [], nextCursor: null, epoch: "e", head: 0 }),
      ok(undefined, [[...cookie("", "; Max-Age=0")], ["set-cookie", "other=; Expires=Thu, 01 Jan 1970 00:00:00 GMT"]]),
      ok(CHAT),
    );
    await duet.login({ hash: HASH, userName: "Abhi" });
    const conversation = duet.open(HASH);
    conversation.connect();
    conversation.close();
    await duet.logout({ hash: HASH });
    await duet.chat(HASH);
    const session = `duet_${HASH}=a=b; other=1`;
    expect(requests.map(({ headers }) => headers.get("cookie"))).toEqual([null, session, session, null]);
    expect(upgrades).toEqual([{ cookie: session }]);
  });

  test("[CLOSE-6] logging out drops the outbox of the chat, or of all chats", async () => {
    const outbox = memoryOutbox();
    const put = (hash: string) =>
      outbox.put(hash, { frame: { type: "send", id: "m", body: "x" }, queuedAt: 1, sender: "Abhi", after: 0 });
    const duet = createDuet({ baseUrl: "http://duet.test", outbox, fetch: async () => ok(undefined) });
    await Promise.all([put("one"), put("two"), put("three")]);
    await duet.logout({ hash: "one" });
    expect([await outbox.list("one"), await outbox.list("two")].map(({ length }) => length)).toEqual([0, 1]);
    await duet.logout();
    expect(await outbox.list("two")).toEqual([]);
    expect(await outbox.list("three")).toEqual([]);
  });
});

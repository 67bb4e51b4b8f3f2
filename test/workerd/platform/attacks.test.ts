/** What other sites, strangers and those who are members no more try, in each kind of conversation (S1, S6–S8). */
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { SUBPROTOCOL } from "../../../protocol/platform/account-frames.ts";
import { app } from "../../../worker/app.ts";
import { ACCOUNT_KINDS, type AccountKind, chatOf, connectTo, conversationOf } from "../kinds.ts";
import { hang, loggedEvents, setLimits, stopClock } from "../outage.ts";
import { failure, ORIGIN } from "../pair.ts";
import { breakStore, flush } from "../stores.ts";
import { connect, upgrade } from "./account-socket.ts";
import { rolesOf } from "./members.ts";
import { api, type Person, signIn, signUp } from "./people.ts";
import { ask, SIGNED_IN } from "./rows.ts";

/** Rows that name a conversation, but those by which anybody may come in. */
const IN_CONVERSATIONS = SIGNED_IN.filter(
  ({ name, endpoint }) => /\/(conversations|rooms)\/:id/.test(endpoint.path) && name !== "joinRoom",
);
/** Of a room, anybody may know who is there. */
const OPEN_IN_ROOMS = new Set(["present"]);

function mayAsk(kind: AccountKind, name: string): boolean {
  return kind === "room" && OPEN_IN_ROOMS.has(name);
}

const repairs: (() => void)[] = [];

afterEach(() => {
  for (const repair of repairs.splice(0)) repair();
});

it("[S1] an account's upgrade by a page of another origin is 403 before any object is woken", async () => {
  const { token } = await signUp();
  const getByName = vi.fn<(name: string) => unknown>((name) => env.INBOX.getByName(name));
  const watched = { ...env, INBOX: { getByName }, CONVERSATION: { getByName } };
  const ask = (Origin?: string) =>
    app.request(
      `${ORIGIN}/chat-server/ws`,
      {
        headers: {
          Upgrade: "websocket",
          "Sec-WebSocket-Protocol": `${SUBPROTOCOL}, ${token}`,
          ...(Origin !== undefined && { Origin }),
        },
      },
      watched,
    );
  for (const origin of ["https://evil.test", "null", "", "http://duet.test.evil.test", "http://duet.test:8080"]) {
    expect(await failure(await ask(origin))).toEqual({ status: 403, code: "ORIGIN_FORBIDDEN" });
  }
  expect(getByName).not.toHaveBeenCalled();
  // Control: the same request without a page behind it.
  expect((await ask()).status).toBe(101);
  expect(getByName).toHaveBeenCalledOnce();
});

describe.each(ACCOUNT_KINDS)("in a %s:", (kind) => {
  it("[S6] strangers, and who was a member, get the answer of a conversation that never was, on every row", async () => {
    const { id, people } = await conversationOf(kind);
    await (await connect(people[0], id)).say(id, "private");
    const stranger = await signUp("stranger");
    const asking = [stranger];
    if (kind !== "direct conversation") {
      const [owner, former] = people;
      await api("DELETE", `/conversations/${id}/members/${former.id}`, { token: owner.token });
      asking.push(former);
    }
    await flush(id);
    const stored = async () => [await loggedEvents(id), await rolesOf(people[0], id)];
    const before = await stored();
    for (const { name, method, endpoint } of IN_CONVERSATIONS.filter((row) => !mayAsk(kind, row.name))) {
      const seen = new Set<string>();
      for (const { token } of asking) {
        for (const param of [id, crypto.randomUUID()]) {
          const row = { ...endpoint, path: endpoint.path.replace("/:seq", "/1") };
          const answer = await ask(method, row, { param, authorization: `Bearer ${token}` });
          seen.add(`${answer.status} ${(await answer.text()).replace(/"requestId":"[^"]+"/, "")}`);
        }
      }
      expect({ name, seen: [...seen] }).toEqual({ name, seen: [expect.stringContaining("CONVERSATION_UNKNOWN")] });
    }
    expect(await stored()).toEqual(before);
  });

  it("[S6] neither do they reach anything of it with any frame", async () => {
    const { hash: id, anny } = await chatOf(kind);
    anny.send({ type: "send", id: "m", body: "private" });
    await anny.frame("ack");
    const eve = await connect(await signUp("eve"));
    const frames = [
      { type: "send", id: "s", body: "hello", replyTo: 1 },
      { type: "edit", id: "e", seq: 1, body: "changed" },
      { type: "delete", id: "d", seq: 1 },
      { type: "react", id: "r", seq: 1, emoji: "👍" },
    ];
    for (const frame of frames) {
      eve.send({ ...frame, conversation_id: id });
      expect(await eve.frame({ type: "nack", id: frame.id })).toMatchObject({ code: "CONVERSATION_UNKNOWN" });
    }
    for (const type of ["read", "delivered"]) eve.send({ type, seq: 1, conversation_id: id });
    eve.send({ type: "typing", on: true, conversation_id: id });
    eve.send({ type: "hello", v: 1, conversation_id: id });
    await eve.frame({ type: "conversation", conversation_id: id, change: "removed" });
    anny.send({ type: "send", id: "m-2", body: "also private" });
    await anny.frame("ack", (ack) => ack.id === "m-2");
    expect(JSON.stringify(eve.frames)).not.toContain("private");
    expect([...anny.all("typing"), ...anny.all("edited"), ...anny.all("deleted"), ...anny.all("reaction")]).toEqual([]);
  });

  it.each(["up", "hanging"] as const)(
    "[S7] logout closes the session's sockets within a second, and its token is dead, with the stores %s",
    async (stores) => {
      // With stores that hang, whoever waits for one takes longer than this.
      const STORE_TIMEOUT_MS = 5_000;
      setLimits({ STORE_TIMEOUT_MS });
      const { id, people } = await conversationOf(kind);
      const [abhi, anny] = people;
      const phone = await signIn(abhi);
      const [leaving, staying, other] = await Promise.all([phone, abhi, anny].map((person) => connect(person, id)));
      if (!leaving || !staying || !other) throw new Error("There are three.");
      if (stores === "hanging") repairs.push(breakStore("postgres", hang), breakStore("redis", hang));
      const started = Date.now();
      const answer = api("POST", "/auth/logout", { token: phone.token });
      expect(await leaving.closing()).toEqual({ code: 4000, reason: "REVOKED" });
      expect(Date.now() - started).toBeLessThan(1_000);
      await expectDead(id, phone);
      expect(Date.now() - started).toBeLessThan(STORE_TIMEOUT_MS);
      expect((await answer).ok).toBe(true);
      // The account's other sessions, and other people, go on.
      await other.say(id, "still here");
      await staying.frame({ type: "message", body: "still here" });
      expect(JSON.stringify(leaving.frames)).not.toContain("still here");
    },
  );
});

/** What a token of a session that is over is tried on. */
async function expectDead(id: string, { token }: Person): Promise<void> {
  const answers = [
    await api("POST", `/conversations/${id}/messages`, { token, json: { content: "x" } }),
    await api("GET", `/conversations/${id}/messages`, { token }),
    await api("DELETE", `/conversations/${id}/members/me`, { token }),
    await api("POST", "/ws/ticket", { token }),
    await upgrade("/chat-server/ws", { "Sec-WebSocket-Protocol": `${SUBPROTOCOL}, ${token}` }),
    await upgrade(`/chat-server/ws?token=${token}`),
  ];
  for (const answer of answers) expect(await failure(answer)).toEqual({ status: 401, code: "UNAUTHENTICATED" });
}

it("[S8] tickets and tokens that are forged open no socket, whatever conversation they are for", async () => {
  const person = await signUp();
  const [header = "", payload = "", signature = ""] = person.token.split(".");
  const none = btoa('{"alg":"none"}').replaceAll("=", "");
  const forged = [
    "x",
    "..",
    `${none}.${payload}.`,
    `${header}.${payload}.`,
    `${header}.${payload}.${signature.slice(1)}x`,
  ];
  for (const token of forged) {
    await expectNoSocket("UNAUTHENTICATED", "", { "Sec-WebSocket-Protocol": `${SUBPROTOCOL}, ${token}` });
    await expectNoSocket("UNAUTHENTICATED", `?token=${token}`);
  }
  const answer = await api("POST", "/ws/ticket", { token: person.token });
  const { ticket } = await answer.json<{ ticket: string }>();
  const [, secret = ""] = ticket.split(".");
  const other = await signUp();
  for (const made of ["x", `${person.id}.`, `${person.id}.${"x".repeat(secret.length)}`, `${other.id}.${secret}`]) {
    await expectNoSocket("TICKET_INVALID", `?ticket=${made}`);
  }
  // Control: the genuine one opens one, once.
  expect((await upgrade(`/chat-server/ws?ticket=${ticket}`)).status).toBe(101);
  await expectNoSocket("TICKET_INVALID", `?ticket=${ticket}`);
});

async function expectNoSocket(code: string, query: string, headers?: Record<string, string>): Promise<void> {
  expect(await failure(await upgrade(`/chat-server/ws${query}`, headers))).toEqual({ status: 401, code });
}

describe.each(ACCOUNT_KINDS)("in a %s:", (kind) => {
  it("[S11] a flood of frames ends its socket alone; the others, and other conversations, go on", async () => {
    const { abhi, anny } = await chatOf(kind);
    const bystanders = await chatOf(kind);
    stopClock();
    for (let index = 0; index < 1_000; index += 1) abhi.send({ type: "send", id: `f-${index}`, body: "x".repeat(200) });
    for (const socket of [anny, bystanders.abhi]) {
      await socket.say("meanwhile");
    }
    expect(await abhi.closing()).toEqual({ code: 4000, reason: "TOO_FAST" });
    // The burst, and what Anny says herself.
    expect(anny.all("message").length).toBeLessThanOrEqual(61);
  });

  it("[S11] a flood of typing and marks floods nobody else", async () => {
    // On the socket of an account, five times as many, because it is of many conversations.
    setLimits({ EVENTS_PER_SECOND: 4, EVENT_BURST: 12 });
    onTestFinished(() => setLimits({ EVENTS_PER_SECOND: 20, EVENT_BURST: 60 }));
    const { abhi, anny } = await chatOf(kind);
    stopClock();
    for (let index = 0; index < 600; index += 1) abhi.send({ type: "typing", on: index % 2 === 0 });
    await expect.poll(() => abhi.closed, { timeout: 20_000 }).toEqual({ code: 4000, reason: "TOO_FAST" });
    expect(anny.all("typing").length).toBeLessThanOrEqual(60);
    await anny.say("fine");
  });
});

describe("frames over 16 KiB", () => {
  it.each(ACCOUNT_KINDS)("[S11] end the connection, and store nothing: in a %s", async (kind) => {
    const { id, people } = await conversationOf(kind);
    const socket = await connectTo(id, people[0]);
    await socket.hello();
    socket.send({ type: "send", id: "big", body: "x".repeat(64 * 1_024) });
    expect(await socket.closing()).toEqual({ code: 4000, reason: "FRAME_TOO_LARGE" });
    const page = await api("GET", `/conversations/${id}/messages`, { token: people[1].token });
    expect(await page.json()).toMatchObject({ messages: [], head: 0 });
  });
});

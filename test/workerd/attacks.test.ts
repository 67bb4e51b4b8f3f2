/** What other sites, and people of other chats, try (guarantees S1–S4, S6). */
import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import { type Endpoint, ENDPOINTS } from "../../protocol/endpoints.ts";
import { BASE_PATH } from "../../protocol/limits.ts";
import { app } from "../../worker/app.ts";
import { everythingStored, say } from "./outage.ts";
import { connect, failure, login, ORIGIN, pair, register, request, upgrade } from "./pair.ts";
import { flush } from "./stores.ts";

const FOREIGN = [
  "https://evil.test",
  "null",
  "",
  "http://duet.test.evil.test",
  "http://evil.test/http://duet.test",
  "http://duet.test@evil.test",
  "https://duet.test",
  "http://duet.test:8080",
  "http://duet.test/",
  "HTTP://DUET.TEST",
  "http://duet.test https://evil.test",
  "file://",
  "chrome-extension://duet.test",
];

/** Every path that a method reaches, for one chat. */
function pathsWith(method: "GET" | "POST", hash: string): string[] {
  return Object.values<Endpoint>(ENDPOINTS).flatMap(({ methods, path, aliases = [], rootAliases = [] }) => {
    if (!methods.includes(method)) return [];
    const paths = [...[path, ...aliases].map((below) => BASE_PATH + below), ...rootAliases];
    return paths.map((pattern) => pattern.replace(":hash", hash).replace(":username", "Abhi"));
  });
}

describe("an upgrade", () => {
  it.each(FOREIGN)("[S1] of a page of %j is 403 before any object is woken", async (origin) => {
    const hash = await register();
    const Cookie = await login(hash, "Abhi");
    const getByName = vi.fn<(name: string) => unknown>((name) => env.CONVERSATION.getByName(name));
    // With no front end configured, and with one.
    for (const FRONTEND_ORIGINS of ["", "https://app.duet.test"]) {
      const watched = { ...env, FRONTEND_ORIGINS, CONVERSATION: { getByName } };
      const ask = (headers: Record<string, string>) =>
        app.request(
          `${ORIGIN}/chat-server/user/${hash}/ws`,
          { headers: { Upgrade: "websocket", Cookie, ...headers } },
          watched,
        );
      getByName.mockClear();
      expect(await failure(await ask({ Origin: origin }))).toEqual({ status: 403, code: "ORIGIN_FORBIDDEN" });
      expect(getByName).not.toHaveBeenCalled();
      // Control: the same request without a page behind it.
      expect((await ask({})).status).toBe(101);
      expect(getByName).toHaveBeenCalledTimes(1);
    }
  });
});

describe("another site", () => {
  it("[S2] can GET every path, and changes nothing", async () => {
    const { hash, cookies, abhi, anny } = await pair();
    await say(abhi, "one", "two");
    await flush(hash);
    const before = await everythingStored(hash);
    const pages = [`/demo/chat/user/${hash}`, "/demo/chat/register", "/demo/chatapp/register", "/demo/chat", "/"];
    const paths = [...pathsWith("GET", hash), ...pages];
    expect(paths).toContain("/chat-server/user/endchat");
    for (const path of paths) {
      for (const site of ["cross-site", "same-site", "none"]) {
        for (const query of ["", `?hash=${hash}`]) {
          const headers = { "Sec-Fetch-Site": site, "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document" };
          const answer = await request(path + query, { cookie: cookies[0], headers });
          expect(answer.headers.getSetCookie()).toEqual([]);
          expect(answer.status).not.toBe(101);
        }
      }
    }
    expect(await everythingStored(hash)).toBe(before);
    expect([abhi.closed, anny.closed]).toEqual([undefined, undefined]);
    // Control: of its own site the last of these does change something.
    const own = { "Sec-Fetch-Site": "same-origin" };
    expect((await request("/chat-server/user/endchat", { cookie: cookies[0], headers: own })).status).toBe(200);
    expect(await everythingStored(hash)).not.toBe(before);
  });

  it("[S3] can't post: a form or plain text is 403 or 415 everywhere, and nothing changes", async () => {
    const { hash, cookies, abhi } = await pair();
    await say(abhi, "one");
    await flush(hash);
    const before = await everythingStored(hash);
    const names = { userOne: "A", userTwo: "B", userName: "Abhi", sender: "Abhi", reciever: "Anny" };
    const json = JSON.stringify({ ...names, hash, userHash: hash, message: "forged" });
    const bodies = [
      ["text/plain", json],
      ["text/plain; charset=application/json", json],
      ["application/x-www-form-urlencoded", `${encodeURIComponent(json)}=`],
      ["multipart/form-data; boundary=b", `--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n${json}\r\n--b--`],
      ["", json],
    ];
    // As browsers tell it: all of them the origin, the newer ones also whose request it is.
    const senders: Record<string, string>[] = [
      { Origin: "https://evil.test" },
      { Origin: "null" },
      { Origin: "https://evil.test", "Sec-Fetch-Site": "cross-site" },
      { "Sec-Fetch-Site": "cross-site" },
      { "Sec-Fetch-Site": "same-site" },
    ];
    const paths = pathsWith("POST", hash);
    expect(paths.length).toBeGreaterThanOrEqual(8);
    for (const path of paths) {
      for (const [type = "", body = ""] of bodies) {
        for (const sender of senders) {
          const headers = { ...sender, ...(type && { "Content-Type": type }) };
          const answer = await request(path, { method: "POST", body, headers, cookie: cookies[0] });
          expect([403, 415]).toContain(answer.status);
          expect(answer.headers.getSetCookie()).toEqual([]);
        }
        // No browser of today, but a body of that kind is not read even so.
        const bare = await request(path, { method: "POST", body, headers: type ? { "Content-Type": type } : {} });
        expect(path.endsWith("logout") ? [200] : [401, 415]).toContain(bare.status);
      }
    }
    expect(await everythingStored(hash)).toBe(before);
    expect(abhi.closed).toBeUndefined();
  });
});

it("[S4] every cookie, set or cleared, is HttpOnly and SameSite=Strict; over HTTPS Secure and __Host-", async () => {
  for (const origin of ["http://duet.test", "https://duet.test"]) {
    const hash = await register();
    const signIn = () => request(`${origin}/chat-server/user/Abhi/login`, { json: { userName: "Abhi", hash } });
    const set = (await signIn()).headers.getSetCookie();
    const cookie = set.map((header) => header.split(";")[0]).join("; ");
    const out = await request(`${origin}/chat-server/user/logout`, { method: "POST", cookie });
    const again = (await signIn()).headers.getSetCookie();
    const ending = again.map((header) => header.split(";")[0]).join("; ");
    const ended = await request(`${origin}/chat-server/user/endchat`, { method: "POST", cookie: ending });
    const cookies = [...set, ...out.headers.getSetCookie(), ...again, ...ended.headers.getSetCookie()];
    expect(cookies).toHaveLength(4);
    for (const header of cookies) {
      const [pairOf = "", ...attributes] = header.split("; ");
      const secure = origin.startsWith("https:");
      expect(attributes).toEqual(expect.arrayContaining(["HttpOnly", "SameSite=Strict", "Path=/"]));
      expect(attributes.includes("Secure")).toBe(secure);
      expect(pairOf.startsWith("__Host-duet_")).toBe(secure);
      expect(header).not.toMatch(/Domain=/i);
    }
  }
});

describe("somebody of another chat", () => {
  it("[S6] gets one and the same refusal on every route, as for a chat that never was", async () => {
    // Both chats are between an Abhi and an Anny: a name proves nothing.
    const [mine, theirs, never] = [await register(), await register(), "0".repeat(22)];
    const own = await login(mine, "Abhi");
    await login(theirs, "Abhi");
    const seen = new Set<string>();
    for (const hash of [theirs, never]) {
      for (const cookie of [own, own.replaceAll(mine, hash), `${own}; ${own.replaceAll(mine, hash)}`]) {
        const json = { userHash: hash, sender: "Abhi", reciever: "Anny", message: "let me in" };
        const answers = [
          await request(`/chat-server/user/${hash}/message_send`, { cookie, json }),
          await request(`/chat-server/user/${hash}/messages`, { cookie }),
          await request(`/chat-server/user/${hash}/messages?before=1&limit=1`, { cookie }),
          await request(`/chat-server/user/endchat?hash=${hash}`, { cookie, method: "POST" }),
          await request(`/chat-server/user/endchat?hash=${hash}`, { cookie }),
          await upgrade(hash, { Cookie: cookie }),
        ];
        for (const answer of answers) seen.add(await withoutRequestId(answer));
      }
    }
    expect(seen.size).toBe(1);
    expect([...seen][0]).toContain("NOT_SIGNED_IN");
    const open = Object.entries<Endpoint>(ENDPOINTS).flatMap(([name, { signedIn }]) => (signedIn ? [name] : []));
    expect(open).toEqual(["endchat", "messageSend", "messages", "socket"]);
    const { data } = await (
      await request(`/chat-server/user/${theirs}`, { cookie: own })
    ).json<{
      data: { self: string | null };
    }>();
    expect(data.self).toBeNull();
  });

  it("[S6] reaches nothing of it with any frame either", async () => {
    const { hash, anny, abhi } = await pair();
    await say(anny, "private", "also private");
    const mine = await register();
    const socket = await connect(mine, await login(mine, "Anny"));
    const { epoch } = await abhi.frame("welcome");
    expect((await socket.hello({ epoch, since: 0 })).recovered).toBe(false);
    const frames = [
      { type: "edit", id: "e", seq: 1, body: "changed" },
      { type: "delete", id: "d", seq: 2 },
      { type: "react", id: "r", seq: 1, emoji: "👍" },
      { type: "send", id: "s", body: "quoting", replyTo: 1 },
    ];
    for (const frame of frames) {
      socket.send({ ...frame, hash, chat: hash, conversation: hash });
      expect(await socket.frame("nack", ({ id }) => id === frame.id)).toMatchObject({ code: "MESSAGE_UNKNOWN" });
    }
    for (const type of ["read", "delivered"]) socket.send({ type, seq: 2, hash });
    socket.send({ type: "typing", on: true, hash });
    await say(socket, "mine");
    expect(socket.all("message").map(({ body }) => body)).toEqual(["mine"]);
    expect(abhi.all("message").map(({ body }) => body)).toEqual(["private", "also private"]);
    expect([...abhi.all("typing"), ...abhi.all("receipt"), ...abhi.all("edited"), ...abhi.all("deleted")]).toEqual([]);
  });
});

/** Status, body and headers of an answer, without what is each request's own. */
async function withoutRequestId(answer: Response): Promise<string> {
  const body = (await answer.text()).replace(/"requestId":"[^"]+"/, "");
  return JSON.stringify([answer.status, body, [...answer.headers].map(String).toSorted()]);
}

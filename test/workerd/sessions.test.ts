import { SignJWT } from "jose";
import { describe, expect, it, vi } from "vitest";
import { app } from "../../worker/app.ts";
import { stopClock } from "./outage.ts";
import { connect, cookieOf, failure, login, ORIGIN, pair, register, request, upgrade } from "./pair.ts";
import { env } from "cloudflare:workers";

function encode(part: object): string {
  return btoa(JSON.stringify(part)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");
}

async function token(hash: string, secret: string, changes: { expires?: string; issuer?: string } = {}) {
  return new SignJWT()
    .setProtectedHeader({ alg: "HS256" })
    .setIssuer(changes.issuer ?? "duet")
    .setAudience(hash)
    .setSubject("Abhi")
    .setJti("session-1")
    .setExpirationTime(changes.expires ?? "1h")
    .sign(new TextEncoder().encode(secret));
}

/** Every request that needs a session for `hash`, made with a given cookie. */
async function tryEverything(hash: string, cookie: string) {
  const json = { userHash: hash, sender: "Abhi", reciever: "Anny", message: "Hello" };
  const responses = [
    await request(`/chat-server/user/${hash}/message_send`, { cookie, json }),
    await request(`/chat-server/user/${hash}/messages`, { cookie }),
    await request(`/chat-server/user/endchat?hash=${hash}`, { cookie, method: "POST" }),
    await upgrade(hash, { Cookie: cookie }),
  ];
  return Promise.all(responses.map(failure));
}

const REFUSED = Array.from({ length: 4 }, () => ({ status: 401, code: "NOT_SIGNED_IN" }));

describe("a session", () => {
  it("[SESS-1] is a cookie out of reach of scripts and other sites; over HTTPS a __Host- one", async () => {
    const hash = await register();
    const overHttp = await request("/chat-server/user/Abhi/login", { json: { userName: "Abhi", hash } });
    const days30 = 30 * 86_400;
    expect(overHttp.headers.get("Set-Cookie")).toMatch(
      new RegExp(`^duet_${hash}=[^;]+; Max-Age=${days30}; Path=/; HttpOnly; SameSite=Strict$`),
    );
    const overHttps = await request("https://duet.test/chat-server/user/Abhi/login", {
      json: { userName: "Abhi", hash },
    });
    expect(overHttps.headers.get("Set-Cookie")).toMatch(
      new RegExp(`^__Host-duet_${hash}=[^;]+; Max-Age=${days30}; Path=/; HttpOnly; Secure; SameSite=Strict$`),
    );
  });

  it("[SESS-2] that is forged, expired, unsigned or signed with another key is none", async () => {
    const hash = await register();
    const [header, payload, signature] = (await token(hash, env.SESSION_SECRET)).split(".");
    const unsigned = `${encode({ alg: "none" })}.${payload}.`;
    const tokens = [
      "nonsense",
      "",
      unsigned,
      `${header}.${encode({ sub: "Abhi", aud: hash, iss: "duet", jti: "x", exp: 9_999_999_999 })}.${signature}`,
      await token(hash, "another-secret-another-secret-another-secret"),
      await token(hash, env.SESSION_SECRET, { expires: "-1s" }),
      await token(hash, env.SESSION_SECRET, { issuer: "somebody" }),
    ];
    for (const forged of tokens) expect(await tryEverything(hash, `duet_${hash}=${forged}`)).toEqual(REFUSED);
    const genuine = await token(hash, env.SESSION_SECRET);
    expect((await request(`/chat-server/user/${hash}/messages`, { cookie: `duet_${hash}=${genuine}` })).status).toBe(
      200,
    );
  });

  it("[SESS-3] of one chat is none in another, whatever the cookie is called", async () => {
    const [mine, other] = [await register(), await register()];
    const cookie = await login(mine, "Abhi");
    expect(await tryEverything(other, cookie)).toEqual(REFUSED);
    expect(await tryEverything(other, cookie.replace(mine, other))).toEqual(REFUSED);
  });

  it("[SESS-4] is dead after logout, and its sockets are closed; the person's other sessions go on", async () => {
    const { hash, cookies, abhi } = await pair();
    const phoneCookie = await login(hash, "Abhi");
    const phone = await connect(hash, phoneCookie);
    await phone.hello();
    const response = await request("/chat-server/user/logout", { method: "POST", cookie: cookies[0] });
    expect(cookieOf(response)).toBe(`duet_${hash}=`);
    expect(await abhi.closing()).toEqual({ code: 4000, reason: "REVOKED" });
    expect(await tryEverything(hash, cookies[0])).toEqual(REFUSED);
    expect(await (await request(`/chat-server/user/${hash}`, { cookie: cookies[0] })).json()).toMatchObject({
      data: { self: null },
    });
    phone.send({ type: "send", id: "m-1", body: "still here" });
    await phone.frame("ack");
  });

  it("[SESS-5] logout ends every chat of the browser, or the one named", async () => {
    const [one, two] = [await register(), await register()];
    const cookies = [await login(one, "Abhi"), await login(two, "Anny")];
    const cookie = cookies.join("; ");
    await request(`/chat-server/user/logout?hash=${one}`, { cookie });
    expect((await request(`/chat-server/user/${one}/messages`, { cookie })).status).toBe(401);
    expect((await request(`/chat-server/user/${two}/messages`, { cookie })).status).toBe(200);
    const response = await request("/chat-server/user/logout", { cookie });
    expect(response.headers.getSetCookie()).toHaveLength(2);
    expect((await request(`/chat-server/user/${two}/messages`, { cookie })).status).toBe(401);
  });

  it("[SESS-7] that runs out while a socket is open closes it, at the next frame in either direction", async () => {
    const wait = stopClock();
    const { hash, anny } = await pair();
    const cookie = `duet_${hash}=${await token(hash, env.SESSION_SECRET, { expires: "2s" })}`;
    const [speaking, listening] = [await connect(hash, cookie), await connect(hash, cookie)];
    for (const socket of [speaking, listening]) await socket.hello();
    wait(2_100);
    speaking.send({ type: "send", id: "m-1", body: "too late" });
    anny.send({ type: "send", id: "m-2", body: "not for you" });
    for (const socket of [speaking, listening]) {
      expect(await socket.closing()).toEqual({ code: 4000, reason: "UNAUTHENTICATED" });
      expect(socket.all("message")).toEqual([]);
    }
  });

  it("[SESS-8] logout signs out of every chat that can be reached, and clears every cookie, also when one can't", async () => {
    const [one, two] = [await register(), await register()];
    const cookies = [await login(one, "Abhi"), await login(two, "Anny")];
    const namespace = env.CONVERSATION;
    const getByName = (hash: string) => (hash === one ? { logout: overloaded } : namespace.getByName(hash));
    async function overloaded(): Promise<never> {
      throw Object.assign(new Error("Overloaded"), { overloaded: true });
    }
    const init = { method: "POST", headers: { Cookie: cookies.join("; ") } };
    const broken = { ...env, CONVERSATION: { getByName } };
    const response = await app.request("http://duet.test/chat-server/user/logout", init, broken);
    expect(response.status).toBe(503);
    expect(response.headers.getSetCookie()).toHaveLength(2);
    expect((await request(`/chat-server/user/${two}/messages`, { cookie: cookies[1] ?? "" })).status).toBe(401);
  });
});

describe("origins", () => {
  it.each(["https://evil.test", "null", "http://duet.test.evil.test"])(
    "[ORIG-1] a page of %s is refused, before any object is asked",
    async (origin) => {
      const hash = await register();
      const Cookie = await login(hash, "Abhi");
      const headers = { Origin: origin, Cookie };
      const responses = [
        await request("/chat-server/register", { headers, json: { userOne: "A", userTwo: "B" } }),
        await request(`/chat-server/user/${hash}/messages`, { headers }),
        await request("/chat-server/user/endchat", { headers }),
        await upgrade(hash, headers),
      ];
      for (const response of responses) {
        expect(response.headers.get("Access-Control-Allow-Origin")).toBeNull();
        expect(await failure(response)).toEqual({ status: 403, code: "ORIGIN_FORBIDDEN" });
      }
      const asked = vi.fn();
      const watched = { ...env, CONVERSATION: { getByName: asked } };
      const init = { headers: { ...headers, Upgrade: "websocket" } };
      expect((await app.request(`${ORIGIN}/chat-server/user/${hash}/ws`, init, watched)).status).toBe(403);
      expect(asked).not.toHaveBeenCalled();
    },
  );

  it("[ORIG-2] our own pages and clients without an origin may", async () => {
    const hash = await register();
    const cookie = await login(hash, "Abhi");
    for (const headers of [{ Origin: ORIGIN }, {}]) {
      expect((await request(`/chat-server/user/${hash}/messages`, { cookie, headers })).status).toBe(200);
    }
    expect((await upgrade(hash, { Cookie: cookie, Origin: ORIGIN })).status).toBe(101);
  });

  it("[ORIG-3] a configured front end may, cookies included; preflights are answered", async () => {
    const origin = "https://app.duet.test";
    const hash = await register();
    const cookie = await login(hash, "Abhi");
    const response = await request(`/chat-server/user/${hash}/messages`, { cookie, headers: { Origin: origin } });
    expect(response.status).toBe(200);
    expect(response.headers.get("Access-Control-Allow-Origin")).toBe(origin);
    expect(response.headers.get("Access-Control-Allow-Credentials")).toBe("true");
    const refused = await request(`/chat-server/user/${hash}/messages`, { headers: { Origin: origin } });
    expect(refused.headers.get("Access-Control-Allow-Origin")).toBe(origin);
    expect(refused.headers.get("Access-Control-Expose-Headers")).toBe("Allow,Retry-After");
    expect(await failure(refused)).toEqual({ status: 401, code: "NOT_SIGNED_IN" });
    const preflight = await request("/chat-server/register", {
      method: "OPTIONS",
      headers: { Origin: origin, "Access-Control-Request-Method": "POST" },
    });
    expect(preflight.headers.get("Access-Control-Allow-Origin")).toBe(origin);
    const foreign = await request("/chat-server/register", {
      method: "OPTIONS",
      headers: { Origin: "https://evil.test", "Access-Control-Request-Method": "POST" },
    });
    expect(foreign.headers.get("Access-Control-Allow-Origin")).toBeNull();
  });

  it("[ORIG-4] a GET with an effect acts only for the same origin or for no browser", async () => {
    const hash = await register();
    const cookie = await login(hash, "Abhi");
    for (const site of ["cross-site", "same-site", "none"]) {
      for (const verb of ["logout", "endchat"]) {
        const response = await request(`/chat-server/user/${verb}`, { cookie, headers: { "Sec-Fetch-Site": site } });
        expect(await failure(response)).toEqual({ status: 403, code: "CROSS_SITE" });
      }
    }
    expect((await request(`/chat-server/user/${hash}/messages`, { cookie })).status).toBe(200);
    const own = await request("/chat-server/user/logout", { cookie, headers: { "Sec-Fetch-Site": "same-origin" } });
    expect(own.status).toBe(200);
  });

  it("[ORIG-5] a form on another site can't post", async () => {
    const form = { "Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "cross-site" };
    const response = await request("/chat-server/register", { method: "POST", headers: form, body: "userOne=A" });
    expect(await failure(response)).toEqual({ status: 403, code: "CROSS_SITE" });
  });
});

describe("several chats", () => {
  it("[END-2] endchat needs to know which one", async () => {
    const [one, two] = [await register(), await register()];
    const cookies = [await login(one, "Abhi"), await login(two, "Anny")];
    const cookie = cookies.join("; ");
    const unclear = await request("/chat-server/user/endchat", { cookie });
    expect(await failure(unclear)).toEqual({ status: 400, code: "CHAT_AMBIGUOUS" });
    expect((await request(`/chat-server/user/endchat?hash=${two}`, { cookie })).status).toBe(200);
    const ended = await request("/chat-server/user/endchat", { cookie: cookies[1] ?? "" });
    expect(await failure(ended)).toEqual({ status: 410, code: "CHAT_ENDED" });
    expect((await request(`/chat-server/user/${one}/messages`, { cookie })).status).toBe(200);
  });
});

/** Sessions that were ended, and such as never were (guarantees S7, S8). */
import { env } from "cloudflare:workers";
import { generateKeyPair, SignJWT, UnsecuredJWT } from "jose";
import { afterEach, describe, expect, it } from "vitest";
import { type Endpoint, ENDPOINTS } from "../../protocol/endpoints.ts";
import { hang, setLimits, stopClock } from "./outage.ts";
import { connect, failure, login, pair, register, request, upgrade } from "./pair.ts";
import { breakStore } from "./stores.ts";

/** What a stolen or forged cookie of `sender` is tried on: everything that needs a session. */
async function tryEverything(hash: string, cookie: string, sender = "Abhi") {
  const needing = Object.values<Endpoint>(ENDPOINTS).filter(({ signedIn }) => signedIn);
  expect(needing).toHaveLength(4);
  const json = { userHash: hash, sender, reciever: sender === "Anny" ? "Abhi" : "Anny", message: "Hello" };
  const answers = [
    await request(`/chat-server/user/${hash}/message_send`, { cookie, json }),
    await request(`/chat-server/user/${hash}/messages`, { cookie }),
    await request(`/chat-server/user/endchat?hash=${hash}`, { cookie, method: "POST" }),
    await upgrade(hash, { Cookie: cookie }),
  ];
  return Promise.all(answers.map(failure));
}

function each(status: number, code: string) {
  return Array.from({ length: 4 }, () => ({ status, code }));
}

const repairs: (() => void)[] = [];

afterEach(() => {
  for (const repair of repairs.splice(0)) repair();
});

/** With stores that hang, whoever waits for one takes longer than this. */
const STORE_TIMEOUT_MS = 5_000;

const STORES = ["up", "hanging"] as const;

describe.each(STORES)("with the stores %s", (stores) => {
  function breakStores(): void {
    if (stores === "hanging") repairs.push(breakStore("postgres", hang), breakStore("redis", hang));
  }

  it("[S7] logout closes the session's sockets within a second, and its token is dead", async () => {
    setLimits({ STORE_TIMEOUT_MS });
    const { hash, cookies, abhi, anny } = await pair();
    const second = await connect(hash, cookies[0]);
    await second.hello();
    const silent = await connect(hash, cookies[0]);
    breakStores();
    const started = Date.now();
    const answer = request("/chat-server/user/logout", { method: "POST", cookie: cookies[0] });
    for (const socket of [abhi, second, silent]) {
      expect(await socket.closing()).toEqual({ code: 4000, reason: "REVOKED" });
    }
    expect(Date.now() - started).toBeLessThan(1_000);
    expect(await tryEverything(hash, cookies[0])).toEqual(each(401, "NOT_SIGNED_IN"));
    expect(Date.now() - started).toBeLessThan(STORE_TIMEOUT_MS);
    expect((await answer).status).toBe(200);
    // The other person's session is none of its business.
    expect(anny.closed).toBeUndefined();
  });

  it("[S7] endchat closes everybody's sockets within a second, and every token is dead", async () => {
    setLimits({ STORE_TIMEOUT_MS });
    const { hash, cookies, abhi, anny } = await pair();
    const silent = await connect(hash, cookies[1]);
    breakStores();
    const started = Date.now();
    const answer = request("/chat-server/user/endchat", { method: "POST", cookie: cookies[0] });
    for (const socket of [abhi, anny, silent]) {
      expect(await socket.closing()).toEqual({ code: 4000, reason: "ENDED" });
    }
    expect(Date.now() - started).toBeLessThan(1_000);
    for (const [index, sender] of ["Abhi", "Anny"].entries()) {
      expect(await tryEverything(hash, cookies[index] ?? "", sender)).toEqual(each(410, "CHAT_ENDED"));
    }
    expect(Date.now() - started).toBeLessThan(STORE_TIMEOUT_MS);
    expect((await answer).status).toBe(200);
  });
});

function encode(part: unknown): string {
  return btoa(JSON.stringify(part)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

interface Claims {
  sub?: string;
  aud?: string;
  iss?: string;
  jti?: string;
  exp?: number;
  nbf?: number;
}

const KEY = new TextEncoder().encode(env.SESSION_SECRET);

function claimsFor(hash: string): Claims {
  return { sub: "Abhi", aud: hash, iss: "duet", jti: "session-1", exp: Math.floor(Date.now() / 1000) + 3_600 };
}

function sign(claims: object, header: Record<string, unknown> = {}, key: Parameters<SignJWT["sign"]>[0] = KEY) {
  return new SignJWT({ ...claims }).setProtectedHeader({ alg: "HS256", ...header }).sign(key);
}

it("[S8] forged, expired, unsigned and foreign tokens are 401 everywhere", async () => {
  const hash = await register();
  const claims = claimsFor(hash);
  const genuine = await sign(claims);
  const [header = "", payload = "", signature = ""] = genuine.split(".");
  const { privateKey } = await generateKeyPair("RS256");
  const elliptic = await generateKeyPair("ES256", { extractable: true });
  const jwk = await crypto.subtle.exportKey("jwk", elliptic.publicKey);
  const swapped = encode({ ...claims, sub: "Anny" });
  const forged: Record<string, string> = {
    nothing: "",
    noise: "nonsense",
    dots: "..",
    "alg none, no signature": new UnsecuredJWT({ ...claims }).encode(),
    "alg None": `${encode({ alg: "None" })}.${payload}.`,
    "alg NONE with the old signature": `${encode({ alg: "NONE" })}.${payload}.${signature}`,
    "no alg": `${encode({})}.${payload}.${signature}`,
    "no signature": `${header}.${payload}.`,
    "half a signature": `${header}.${payload}.${signature.slice(0, 20)}`,
    "another's signature": `${header}.${swapped}.${signature}`,
    "a changed header": `${encode({ alg: "HS256", typ: "JWT" })}.${payload}.${signature}`,
    "the right key, HS512": await sign(claims, { alg: "HS512" }),
    "an RSA key": await sign(claims, { alg: "RS256" }, privateKey),
    "a key it brings along": await sign(claims, { alg: "ES256", jwk }, elliptic.privateKey),
    "a wrong key": await sign(claims, {}, new TextEncoder().encode("another-secret-another-secret-another")),
    "an empty key id path": await sign(claims, { kid: "../../dev/null" }, new TextEncoder().encode(" ".repeat(32))),
    "expired a second ago": await sign({ ...claims, exp: Math.floor(Date.now() / 1000) - 1 }),
    "not valid yet": await sign({ ...claims, nbf: Math.floor(Date.now() / 1000) + 600 }),
    "without an end": await sign({ ...claims, exp: undefined }),
    "without a session id": await sign({ ...claims, jti: undefined }),
    "without a person": await sign({ ...claims, sub: undefined }),
    "another issuer": await sign({ ...claims, iss: "somebody" }),
    "another chat": await sign({ ...claims, aud: "0".repeat(22) }),
    "no chat": await sign({ ...claims, aud: undefined }),
    "somebody who is no member": await sign({ ...claims, sub: "Mallory" }),
    "a member in other letters": await sign({ ...claims, sub: "ABHI" }),
    "an end that is no number": `${header}.${encode({ ...claims, exp: "9999999999" })}.${signature}`,
    encrypted: `${encode({ alg: "dir", enc: "A256GCM" })}..AAAA.AAAA.AAAA`,
    "very long": "x".repeat(7_000),
  };
  for (const [name, token] of Object.entries(forged)) {
    const sender = name === "somebody who is no member" ? "Mallory" : "Abhi";
    const answers = await tryEverything(hash, `duet_${hash}=${token}`, sender);
    expect({ name, answers }).toEqual({ name, answers: each(401, "NOT_SIGNED_IN") });
    const chat = await (await request(`/chat-server/user/${hash}`, { cookie: `duet_${hash}=${token}` })).json();
    expect(chat).toMatchObject({ data: { self: null } });
  }
  // Control: what all of these imitate.
  expect((await request(`/chat-server/user/${hash}/messages`, { cookie: `duet_${hash}=${genuine}` })).status).toBe(200);
});

it("[S8] over HTTPS a cookie without __Host-, which another host of the site could set, is no session", async () => {
  const hash = await register();
  const cookie = await login(hash, "Abhi");
  const path = `https://duet.test/chat-server/user/${hash}/messages`;
  expect(await failure(await request(path, { cookie }))).toEqual({ status: 401, code: "NOT_SIGNED_IN" });
  expect((await request(path, { cookie: `__Host-${cookie}` })).status).toBe(200);
});

it("[S8] a session ends where it stands: an open socket gets and sends nothing after its time", async () => {
  const wait = stopClock();
  const hash = await register();
  const exp = Math.floor(Date.now() / 1000) + 2;
  const token = await sign({ ...claimsFor(hash), exp });
  const socket = await connect(hash, `duet_${hash}=${token}`);
  await socket.hello();
  const other = await connect(hash, await login(hash, "Anny"));
  await other.hello();
  wait(exp * 1_000 - Date.now() + 100);
  other.send({ type: "send", id: "m", body: "not for you" });
  expect(await socket.closing()).toEqual({ code: 4000, reason: "UNAUTHENTICATED" });
  expect(socket.all("message")).toEqual([]);
});

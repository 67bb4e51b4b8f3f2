import { env } from "cloudflare:workers";
import { SignJWT } from "jose";
import { expect, it, vi } from "vitest";
import { app } from "../../worker/app.ts";
import { pair, register, request } from "./pair.ts";
import { breakStore, flush } from "./stores.ts";

it("[LOG-1] no log line holds a hash, a name, a body or a cookie, whatever fails", async () => {
  const lines: string[] = [];
  for (const level of ["log", "info", "warn", "error", "debug"] as const) {
    vi.spyOn(console, level).mockImplementation((...parts: unknown[]) => lines.push(parts.map(String).join(" ")));
  }
  const { hash, cookies, abhi } = await pair();
  abhi.send({ type: "send", id: "m-1", body: "canary-body" });
  await abhi.frame("ack");
  const repairs = [breakStore("postgres"), breakStore("redis")];
  await flush(hash);
  await request("/chat-server/user/Abhi/login", { json: { userName: "Abhi", hash } });
  await request("/chat-server/health");
  for (const repair of repairs) repair();
  const json = { userHash: hash, sender: "Abhi", reciever: "Zed-canary", message: "canary-body" };
  await request(`/chat-server/user/${hash}/message_send?secret=canary-query`, { cookie: cookies[0], json });
  await request(`/chat-server/user/logout?hash=${hash}`, { cookie: cookies[0] });
  vi.restoreAllMocks();
  expect(lines.filter((line) => line.includes('"route":"/chat-server/user/:hash/message_send"'))).toHaveLength(1);
  const secrets = [hash, "Abhi", "Anny", "canary", cookies[0], env.SESSION_SECRET, env.DATABASE_URL];
  for (const secret of secrets) expect(lines.filter((line) => line.includes(secret))).toEqual([]);
});

it("[LOG-2] a bug answers 500 INTERNAL with a request id and nothing else; the log says where, not what", async () => {
  const errors = vi.spyOn(console, "error").mockImplementation(() => undefined);
  const secret = "postgres://user:canary@host/db";
  const broken = {
    ...env,
    CONVERSATION: {
      getByName: () => {
        throw new TypeError(secret);
      },
    },
  };
  const response = await app.request(`http://duet.test/chat-server/user/${"0".repeat(22)}`, {}, broken);
  const text = await response.text();
  expect(response.status).toBe(500);
  const { error } = JSON.parse(text);
  expect(error).toEqual({ code: "INTERNAL", message: expect.any(String), requestId: expect.any(String) });
  const [line] = errors.mock.calls.map(String);
  vi.restoreAllMocks();
  expect(line).toContain(error.requestId);
  expect(line).toContain("TypeError");
  expect(text + line).not.toContain("canary");
});

it("[LOG-3] a bug inside an object is a bug too, not a passing failure", async () => {
  const errors = vi.spyOn(console, "error").mockImplementation(() => undefined);
  const broken = { ...env, CONVERSATION: { getByName: () => ({ describe: fail }) } };
  async function fail(): Promise<never> {
    throw Object.assign(new TypeError("canary"), { remote: true });
  }
  const response = await app.request(`http://duet.test/chat-server/user/${"0".repeat(22)}`, {}, broken);
  expect(response.status).toBe(500);
  expect(errors).toHaveBeenCalledOnce();
  vi.restoreAllMocks();
});

it("[SESS-6] two secrets are valid at once: the first signs, both verify", async () => {
  const hash = await register();
  const older = "an-older-secret-an-older-secret-an-older";
  const rotated = { ...env, SESSION_SECRET: `${env.SESSION_SECRET},${older}` };
  const token = (secret: string) =>
    new SignJWT()
      .setProtectedHeader({ alg: "HS256" })
      .setIssuer("duet")
      .setAudience(hash)
      .setSubject("Abhi")
      .setJti("s")
      .setExpirationTime("1h")
      .sign(new TextEncoder().encode(secret));
  const read = async (secret: string, bindings: typeof env) => {
    const headers = { Cookie: `duet_${hash}=${await token(secret)}` };
    return (await app.request(`http://duet.test/chat-server/user/${hash}/messages`, { headers }, bindings)).status;
  };
  expect(await read(older, rotated)).toBe(200);
  expect(await read(env.SESSION_SECRET, rotated)).toBe(200);
  expect(await read(older, env)).toBe(401);
});

it("[HTTP-4] answers are not cached, sniffed, framed or told to other sites, under whatever path", async () => {
  const json = { userOne: "Abhi", userTwo: "Anny" };
  const responses = [
    await request(`/chat-server/user/${await register()}`),
    await request("/chat-server/register", { json }),
    await request("/demo/chatapp/register", { json }),
    await request("/demo/chat/register", { json }),
    await request("/chat-server/nothing"),
  ];
  for (const { headers } of responses) {
    expect(headers.get("Cache-Control")).toBe("no-store");
    expect(headers.get("X-Content-Type-Options")).toBe("nosniff");
    expect(headers.get("Referrer-Policy")).toBe("no-referrer");
    expect(headers.get("X-Frame-Options")).toBe("SAMEORIGIN");
  }
});

it("[PAGE-1] every chat link, the register paths and the docs show their page", async () => {
  const pages = {
    "/demo/chat/user/abc": "user",
    "/demo/chat/register": "register",
    "/demo/chatapp/register": "register",
    "/chat-server/docs": "docs",
  };
  for (const [path, title] of Object.entries(pages)) {
    const response = await request(path);
    expect(response.status).toBe(200);
    expect(await response.text()).toContain(`<title>${title}</title>`);
  }
});

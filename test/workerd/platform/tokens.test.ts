/** Access tokens, refresh tokens, and the sessions behind them. */
import { env } from "cloudflare:workers";
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { afterEach, describe, expect, it, vi } from "vitest";
import { hang, setLimits } from "../outage.ts";
import { failure, login, register, request } from "../pair.ts";
import { breakStore } from "../stores.ts";
import { api, isSignedIn, type Person, signIn, signUp } from "./people.ts";

const MINUTE = 60_000;
const DAY = 86_400_000;

afterEach(() => {
  vi.useRealTimers();
});

/** Lets time be as if `ms` had gone by, for everything in this isolate, and stand still. */
function after(ms: number): void {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + ms });
}

function refresh(refreshToken: string): Promise<Response> {
  return api("POST", "/auth/refresh", { json: { refresh_token: refreshToken } });
}

/** @returns the new pair */
async function refreshed(refreshToken: string): Promise<{ access_token: string; refresh_token: string }> {
  const response = await refresh(refreshToken);
  expect(response.status).toBe(200);
  const { tokens } = await response.json<{ tokens: { access_token: string; refresh_token: string } }>();
  return tokens;
}

const REFUSED = { status: 401, code: "REFRESH_TOKEN_INVALID" };

describe("a refresh token", () => {
  it("[TOK-3] works once: each gives the next, and a fresh access token", async () => {
    const { token, refreshToken } = await signUp();
    const second = await refreshed(refreshToken);
    const third = await refreshed(second.refresh_token);
    expect(new Set([refreshToken, second.refresh_token, third.refresh_token]).size).toBe(3);
    // An access token lasts its time, whatever is refreshed meanwhile.
    for (const access of [token, second.access_token, third.access_token]) expect(await isSignedIn(access)).toBe(true);
  });

  it("[TOK-4] used twice within 30 s gives both the same next one: two tabs, or an answer that got lost", async () => {
    after(0);
    const { refreshToken } = await signUp();
    const both = await Promise.all([refreshed(refreshToken), refreshed(refreshToken)]);
    expect(both[0].refresh_token).toBe(both[1].refresh_token);
    after(29_000);
    const late = await refreshed(refreshToken);
    expect(late.refresh_token).toBe(both[0].refresh_token);
    await refreshed(late.refresh_token);
  });

  it.each([
    ["the one before, 31 s later", 31_000, 1],
    ["one older than that, at once", 0, 2],
  ])("[TOK-5] used again ends the session: %s", async (_, ms, rotations) => {
    const person = await signUp();
    const other = await signIn(person);
    let current = { access_token: person.token, refresh_token: person.refreshToken };
    for (let count = 0; count < rotations; count += 1) current = await refreshed(current.refresh_token);
    after(ms);
    expect(await failure(await refresh(person.refreshToken))).toEqual(REFUSED);
    expect(await failure(await refresh(current.refresh_token))).toEqual(REFUSED);
    expect(await isSignedIn(current.access_token)).toBe(false);
    // The person's other sessions are other families.
    expect(await isSignedIn(other.token)).toBe(true);
    await refreshed(other.refreshToken);
  });

  it("[TOK-6] lasts 7 days from its last rotation", async () => {
    const { refreshToken } = await signUp();
    after(6 * DAY);
    const { refresh_token: next } = await refreshed(refreshToken);
    after(6 * DAY);
    const { refresh_token: last } = await refreshed(next);
    after(7 * DAY + 1);
    expect(await failure(await refresh(last))).toEqual(REFUSED);
  });

  it("[TOK-6] that is none is refused, ends nothing and stores nothing", async () => {
    const person = await signUp();
    const stranger = await signUp();
    const [account = "", session = "", secret = ""] = person.refreshToken.split(".");
    const nobody = crypto.randomUUID();
    for (const token of [
      "",
      "nonsense",
      `${account}.${session}`,
      `${account}.${session}.`,
      `${account}.${session}.${"x".repeat(64)}`,
      `${account}.${session}.${secret.slice(1)}x`,
      `${account}.${session}.${secret}.x`,
      `${account}.${crypto.randomUUID()}.${secret}`,
      `${stranger.id}.${session}.${secret}`,
      `${nobody}.${session}.${secret}`,
      `../${account}.${session}.${secret}`,
      person.token,
      "x".repeat(60_000),
    ]) {
      expect(await failure(await refresh(token))).toEqual(REFUSED);
    }
    const tables = await runInDurableObject(env.INBOX.getByName(nobody), (_, { storage }) =>
      storage.sql.exec("select name from sqlite_master where name not like '\\_cf%' escape '\\'").toArray(),
    );
    expect(tables).toEqual([]);
    await refreshed(person.refreshToken);
  });

  it("[TOK-6] is stored as a hash only", async () => {
    const { id, refreshToken } = await signUp();
    const { refresh_token: next } = await refreshed(refreshToken);
    const rows = await runInDurableObject(env.INBOX.getByName(id), (_, { storage }) =>
      storage.sql.exec("select * from sessions").toArray(),
    );
    expect(rows).toHaveLength(1);
    for (const token of [refreshToken, next]) expect(JSON.stringify(rows)).not.toContain(token.split(".")[2]);
  });

  it("[TOK-3] and its session outlive the object's sleep", async () => {
    const { id, token, refreshToken } = await signUp();
    await evictDurableObject(env.INBOX.getByName(id));
    expect(await isSignedIn(token)).toBe(true);
    await refreshed(refreshToken);
  });
});

describe("an access token", () => {
  it("[TOK-1] lasts 15 minutes, or as long as is set", async () => {
    after(0);
    const { token } = await signUp();
    after(15 * MINUTE - 2_000);
    expect(await isSignedIn(token)).toBe(true);
    after(3_000);
    expect(await isSignedIn(token)).toBe(false);
  });

  it("[TOK-2] is no session of a pair chat, nor is a pair chat's an account's", async () => {
    const hash = await register();
    const cookie = await login(hash, "Abhi");
    const { token } = await signUp();
    const forged = { cookie: `duet_${hash}=${token}` };
    expect(await failure(await request(`/chat-server/user/${hash}/messages`, forged))).toEqual({
      status: 401,
      code: "NOT_SIGNED_IN",
    });
    expect(await isSignedIn(cookie.slice(cookie.indexOf("=") + 1))).toBe(false);
    const { status } = await request(`/chat-server/user/${hash}/messages`, {
      cookie,
      headers: { Authorization: `Bearer ${token}` },
    });
    expect(status).toBe(200);
  });
});

describe("with both stores out", () => {
  const repairs: (() => void)[] = [];
  afterEach(() => {
    for (const repair of repairs.splice(0)) repair();
  });

  it("[TOK-9] who is logged in stays so, can refresh, and can log out", async () => {
    // Whoever waits for a store takes longer than this.
    const STORE_TIMEOUT_MS = 5_000;
    setLimits({ STORE_TIMEOUT_MS });
    const { refreshToken }: Person = await signUp();
    repairs.push(breakStore("postgres", hang), breakStore("redis", hang));
    const started = performance.now();
    const { access_token: token } = await refreshed(refreshToken);
    expect((await api("GET", "/auth/sessions", { token })).status).toBe(200);
    expect((await api("POST", "/auth/logout", { token })).status).toBe(202);
    expect(await failure(await api("GET", "/auth/sessions", { token }))).toEqual({
      status: 401,
      code: "UNAUTHENTICATED",
    });
    expect(performance.now() - started).toBeLessThan(STORE_TIMEOUT_MS);
  });
});

/** Where somebody is logged in, and how it ends. */
import { describe, expect, it } from "vitest";
import * as z from "zod/mini";
import { SessionsPage } from "../../../protocol/platform/auth.ts";
import { setLimits } from "../outage.ts";
import { failure } from "../pair.ts";
import { api, isSignedIn, signIn, signUp, statusesOf } from "./people.ts";

async function sessionsOf(token: string, query = ""): Promise<SessionsPage> {
  const response = await api("GET", `/auth/sessions${query}`, { token });
  expect(response.status).toBe(200);
  return z.parse(SessionsPage, await response.json());
}

describe("sessions", () => {
  it("[TOK-7] end at once with logout, one at a time", async () => {
    const laptop = await signUp();
    const phone = await signIn(laptop);
    expect((await api("POST", "/auth/logout", { token: laptop.token })).status).toBe(202);
    expect(await isSignedIn(laptop.token)).toBe(false);
    const dead = { json: { refresh_token: laptop.refreshToken } };
    expect(await failure(await api("POST", "/auth/refresh", dead))).toEqual({
      status: 401,
      code: "REFRESH_TOKEN_INVALID",
    });
    // Logging out twice is being logged out.
    expect((await api("POST", "/auth/logout", { token: laptop.token })).status).toBe(401);
    expect(await isSignedIn(phone.token)).toBe(true);
  });

  it("[TOK-8] are listed with what they were made with, newest first, the asking one marked", async () => {
    const first = await signUp();
    const userAgent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
    await api("POST", "/auth/login", {
      json: { email: first.email, password: first.password },
      headers: { "User-Agent": userAgent },
    });
    const { sessions, next_cursor: next } = await sessionsOf(first.token);
    expect(next).toBeNull();
    expect(sessions).toHaveLength(2);
    expect(sessions.find(({ label }) => label === "Firefox on Linux")?.current).toBe(false);
    expect(sessions.filter(({ current }) => current)).toHaveLength(1);
    for (const { created_at: from, used_at: used, expires_at: to } of sessions) {
      expect(used).toBe(from);
      expect(to - from).toBe(7 * 86_400_000);
    }
  });

  it("[TOK-8] can be ended one by one, and only one's own", async () => {
    const [alice, bob] = [await signUp("alice"), await signUp("bob")];
    const phone = await signIn(alice);
    const other = (await sessionsOf(alice.token)).sessions.find(({ current }) => !current)?.id ?? "";
    for (const id of [other, crypto.randomUUID(), "x", "%00", "' or true --"]) {
      const path = `/auth/sessions/${encodeURIComponent(id)}`;
      expect(await failure(await api("DELETE", path, { token: bob.token }))).toEqual({
        status: 404,
        code: "SESSION_UNKNOWN",
      });
    }
    expect(await isSignedIn(phone.token)).toBe(true);
    const ended = await Promise.all([
      api("DELETE", `/auth/sessions/${other}`, { token: alice.token }),
      api("DELETE", `/auth/sessions/${other}`, { token: alice.token }),
    ]);
    expect(statusesOf(ended)).toEqual([204, 404]);
    expect(await isSignedIn(phone.token)).toBe(false);
    expect(await isSignedIn(alice.token)).toBe(true);
  });

  it("[TOK-10] are 50 at the most: a new one ends the one used least recently", async () => {
    setLimits({ SESSIONS_PER_ACCOUNT: 3 });
    const first = await signUp();
    const later = [await signIn(first), await signIn(first)];
    // Used again, so the second is now the one used least recently.
    await new Promise((resolve) => {
      setTimeout(resolve, 5);
    });
    await api("POST", "/auth/refresh", { json: { refresh_token: first.refreshToken } });
    const newest = await signIn(first);
    const all = [first, ...later, newest];
    expect(await Promise.all(all.map(({ token }) => isSignedIn(token)))).toEqual([true, false, true, true]);
    setLimits({ SESSIONS_PER_ACCOUNT: 50 });
  });
});

describe("a list", () => {
  it("[LIST-1] comes in pages, each with the cursor of the next, without gap or repeat", async () => {
    const person = await signUp();
    for (let count = 0; count < 6; count += 1) await signIn(person);
    const all = (await sessionsOf(person.token)).sessions.map(({ id }) => id);
    expect(all).toHaveLength(7);
    const paged: string[] = [];
    let cursor: string | null = "";
    while (cursor !== null) {
      const page: SessionsPage = await sessionsOf(person.token, `?limit=3${cursor && `&cursor=${cursor}`}`);
      expect(page.sessions.length).toBeLessThanOrEqual(3);
      paged.push(...page.sessions.map(({ id }) => id));
      cursor = page.next_cursor;
    }
    expect(paged).toEqual(all);
    // A page that ends with the list says so, though it is full.
    expect((await sessionsOf(person.token, "?limit=7")).next_cursor).toBeNull();
  });

  it.each([
    ["PAGE_LIMIT_INVALID", "limit=0"],
    ["PAGE_LIMIT_INVALID", "limit=101"],
    ["PAGE_LIMIT_INVALID", "limit=-1"],
    ["PAGE_LIMIT_INVALID", "limit=1.5"],
    ["PAGE_LIMIT_INVALID", "limit="],
    ["PAGE_LIMIT_INVALID", "limit=ten"],
    ["CURSOR_INVALID", "cursor="],
    ["CURSOR_INVALID", "cursor=nonsense"],
    ["CURSOR_INVALID", `cursor=${btoa("[]")}`],
    ["CURSOR_INVALID", `cursor=${btoa('[1,"x"]')}`],
    ["CURSOR_INVALID", `cursor=${btoa('["x","7f3a1c52-4b0e-4a56-9d3c-2f1e8b6a9d10"]')}`],
    ["CURSOR_INVALID", `cursor=${btoa('[1e999,"7f3a1c52-4b0e-4a56-9d3c-2f1e8b6a9d10"]')}`],
    ["CURSOR_INVALID", `cursor=${"x".repeat(4_000)}`],
  ])("[LIST-2] refuses with %s: %s", async (code, query) => {
    const { token } = await signUp();
    expect(await failure(await api("GET", `/auth/sessions?${query}`, { token }))).toEqual({ status: 400, code });
  });
});

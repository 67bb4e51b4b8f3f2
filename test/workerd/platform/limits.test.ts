/** How often somebody may try; and what is said while it can't be counted. */
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { kdf } from "../../../worker/platform/passwords.ts";
import { stopClock } from "../outage.ts";
import { failure } from "../pair.ts";
import { breakStore } from "../stores.ts";
import { api, freshUsername, PASSWORD, signIn, signUp } from "./people.ts";

const TOO_MANY = { status: 429, code: "TOO_MANY_REQUESTS" };

/** Attempts as often as may be, and once more. @returns the answer to that one */
async function exhaust(allowed: number, status: number, attempt: () => Promise<Response>): Promise<Response> {
  for (let count = 0; count < allowed; count += 1) expect((await attempt()).status).toBe(status);
  return attempt();
}

beforeEach(() => void stopClock());
afterEach(() => {
  vi.restoreAllMocks();
});

it("[LIMIT-11] 10 accounts a minute per address; the next costs no hashing", async () => {
  const headers = { "CF-Connecting-IP": "192.0.2.11" };
  const attempt = () => {
    const username = freshUsername();
    return api("POST", "/auth/register", {
      headers,
      json: { email: `${username}@test.com`, username, password: PASSWORD },
    });
  };
  const derive = vi.spyOn(kdf, "derive");
  const refused = await exhaust(10, 201, attempt);
  expect(Number(refused.headers.get("Retry-After"))).toBeGreaterThan(0);
  expect(await failure(refused)).toEqual(TOO_MANY);
  derive.mockClear();
  expect((await attempt()).status).toBe(429);
  expect(derive).not.toHaveBeenCalled();
});

it("[LIMIT-12] 20 logins a minute per address, whoever is meant", async () => {
  const headers = { "CF-Connecting-IP": "192.0.2.12" };
  const attempt = () =>
    api("POST", "/auth/login", { headers, json: { username: freshUsername(), password: PASSWORD } });
  expect(await failure(await exhaust(20, 401, attempt))).toEqual(TOO_MANY);
});

it("[LIMIT-12] 10 tries a minute per account, from wherever, whether or not there is one", async () => {
  const { username, token } = await signUp();
  for (const json of [{ username }, { username: freshUsername("nobody") }, { email: `${freshUsername()}@test.com` }]) {
    const attempt = (name: object) => api("POST", "/auth/login", { json: { ...name, password: "a wrong password" } });
    expect(await failure(await exhaust(10, 401, () => attempt(json)))).toEqual(TOO_MANY);
    const shouted = Object.fromEntries(Object.entries(json).map(([by, name]) => [by, ` ${name.toUpperCase()}`]));
    expect(await failure(await attempt(shouted))).toEqual(TOO_MANY);
  }
  const change = () =>
    api("PUT", "/auth/password", { token, json: { current_password: "wrong", new_password: PASSWORD } });
  expect(await failure(await exhaust(10, 403, change))).toEqual(TOO_MANY);
});

it("[LIMIT-13] a session is refreshed 30 times at once, and then once a second", async () => {
  let { refreshToken } = await signUp();
  let refused: Response | undefined;
  for (let count = 0; count < 60 && refused === undefined; count += 1) {
    const answer = await api("POST", "/auth/refresh", { json: { refresh_token: refreshToken } });
    if (answer.status !== 200) refused = answer;
    else
      ({
        tokens: { refresh_token: refreshToken },
      } = await answer.json<{ tokens: { refresh_token: string } }>());
  }
  expect(refused?.headers.get("Retry-After")).toBe("1");
  expect(refused && (await failure(refused))).toEqual({ status: 429, code: "TOO_FAST" });
});

it("[LIMIT-14] an account begins 30 conversations and rooms a minute, whatever becomes of them", async () => {
  const { id, token } = await signUp();
  const begin = (path: string, json: object) => api("POST", path, { token, json });
  // With oneself there is none, but it was tried.
  const refused = await exhaust(30, 400, () => begin("/conversations", { participant_id: id }));
  expect(Number(refused.headers.get("Retry-After"))).toBeGreaterThan(0);
  for (const path of ["/rooms", "/conversations"]) {
    expect(await failure(await begin(path, { name: "One more" }))).toEqual(TOO_MANY);
  }
  const other = await signUp();
  expect((await api("POST", "/rooms", { token: other.token, json: { name: "Lobby" } })).status).toBe(201);
});

it("[LIMIT-14] an account tries 30 rooms and links a minute", async () => {
  const [owner, guest] = [await signUp("owner"), await signUp("guest")];
  const made = await api("POST", "/rooms", { token: owner.token, json: { name: "Lobby" } });
  const { id } = await made.json<{ id: string }>();
  const link = `/links/${id.replaceAll("-", "")}${"x".repeat(32)}/join`;
  let count = 0;
  const attempt = () => {
    count += 1;
    return api("POST", count % 2 === 0 ? link : `/rooms/${crypto.randomUUID()}/join`, { token: guest.token });
  };
  expect(await failure(await exhaust(30, 404, attempt))).toEqual(TOO_MANY);
  for (const path of [link, `/rooms/${id}/join`]) {
    expect(await failure(await api("POST", path, { token: guest.token }))).toEqual(TOO_MANY);
  }
  expect((await api("GET", `/rooms/${id}/present`, { token: guest.token })).status).toBe(200);
  expect((await api("POST", `/rooms/${id}/join`, { token: owner.token })).status).toBe(200);
});

it("[LIMIT-15] an account gets 30 tickets at once, over all its sessions, also while Redis is out", async () => {
  const person = await signUp();
  const other = await signIn(person);
  const repair = breakStore("redis");
  let count = 0;
  const attempt = () => {
    count += 1;
    return api("POST", "/ws/ticket", { token: count % 2 === 0 ? person.token : other.token });
  };
  const refused = await exhaust(30, 201, attempt);
  repair();
  expect(refused.headers.get("Retry-After")).toBe("1");
  expect(await failure(refused)).toEqual({ status: 429, code: "TOO_FAST" });
});

it.each(["postgres", "redis"] as const)(
  "[REDIS-3] without %s nobody registers, logs in or tries passwords",
  async (store) => {
    const { username, token, email } = await signUp();
    const repair = breakStore(store);
    const answers = [
      await api("POST", "/auth/login", { json: { username, password: PASSWORD } }),
      await api("POST", "/auth/register", { json: { email, username: freshUsername(), password: PASSWORD } }),
      await api("PUT", "/auth/password", { token, json: { current_password: PASSWORD, new_password: PASSWORD } }),
    ];
    repair();
    for (const answer of answers) {
      expect(answer.headers.get("Retry-After")).toBe("5");
      expect(await failure(answer)).toEqual({ status: 503, code: "UNAVAILABLE" });
    }
  },
);

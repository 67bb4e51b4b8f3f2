/** How often somebody may try; and what is said while it can't be counted. */
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { kdf } from "../../../worker/platform/passwords.ts";
import { untilStoresAreTrusted } from "../outage.ts";
import { failure } from "../pair.ts";
import { breakStore } from "../stores.ts";
import { api, freshUsername, PASSWORD, signUp } from "./people.ts";

const TOO_MANY = { status: 429, code: "TOO_MANY_REQUESTS" };

/** Attempts until one is refused: a sliding window that begins meanwhile may let one or two more through. */
async function exhaust(allowed: number, status: number, attempt: () => Promise<Response>): Promise<Response> {
  for (let count = 0; count < allowed + 3; count += 1) {
    const answer = await attempt();
    if (count >= allowed && answer.status === 429) return answer;
    expect(answer.status).toBe(status);
  }
  throw new Error("Nothing was refused.");
}

beforeEach(untilStoresAreTrusted);
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

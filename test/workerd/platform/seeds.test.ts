/** The documents' own requests, literally. */
import { expect, it } from "vitest";
import { API, freshUsername } from "./people.ts";
import { request } from "../pair.ts";

const HEADERS = { "Content-Type": "application/json" };
const TOKENS = {
  access_token: expect.stringMatching(/^eyJhbG[\w-]*\.[\w-]+\.[\w-]+$/),
  refresh_token: expect.any(String),
  expires_in: 900,
};

it("[AUTH-1] register, log in, look at oneself, refresh and log out as the documents show it", async () => {
  const username = freshUsername("alice");
  const email = `${username}@test.com`;
  const user = { id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-/), email, username };
  const post = (path: string, body: string, headers = {}) =>
    request(API + path, { method: "POST", headers: { ...HEADERS, ...headers }, body });

  const registered = await post(
    "/auth/register",
    `{"email":"${email}","username":"${username}","password":"12345678"}`,
  );
  expect(registered.status).toBe(201);
  expect(await registered.json()).toEqual({ user, tokens: TOKENS });

  const loggedIn = await post("/auth/login", `{"email":"${email}","password":"12345678"}`);
  expect(loggedIn.status).toBe(200);
  const answer = await loggedIn.json<{ tokens: { access_token: string; refresh_token: string } }>();
  expect(answer).toEqual({ user, tokens: TOKENS });

  const Authorization = `Bearer ${answer.tokens.access_token}`;
  const me = await request(`${API}/auth/me`, { headers: { Authorization } });
  expect(me.status).toBe(200);
  expect(await me.json()).toEqual({
    ...user,
    display_name: username,
    email_verified: false,
    discoverable: false,
    created_at: expect.any(Number),
  });

  const refreshed = await post("/auth/refresh", JSON.stringify({ refresh_token: answer.tokens.refresh_token }));
  expect(refreshed.status).toBe(200);
  expect(await refreshed.json()).toEqual({ tokens: TOKENS });

  const out = await request(`${API}/auth/logout`, { method: "POST", headers: { Authorization } });
  expect(out.status).toBe(202);
  expect((await request(`${API}/auth/me`, { headers: { Authorization } })).status).toBe(401);
});

/** What must not come out. */
import { env } from "cloudflare:workers";
import { afterEach, expect, it, vi } from "vitest";
import { untilStoresAreTrusted } from "../outage.ts";
import { breakStore, type Fault } from "../stores.ts";
import { api, emailToken, freshUsername, signIn } from "./people.ts";

const PASSWORD = "canary-password";

afterEach(() => {
  vi.restoreAllMocks();
});

/** Answers as a store does that quotes what it was told. */
const quoting: Fault = (_pass, { body, headers, url }) => {
  const message = `canary-store ${body} ${JSON.stringify([...headers])} ${url}`;
  return Promise.resolve(Response.json({ message, error: message, detail: message, code: "XX000" }, { status: 400 }));
};

it("[LOG-4] no log line and no failure holds an email, a password, a token or who was asked about", async () => {
  const lines: string[] = [];
  for (const level of ["log", "info", "warn", "error", "debug", "trace"] as const) {
    vi.spyOn(console, level).mockImplementation((...parts: unknown[]) => lines.push(parts.map(String).join(" ")));
  }
  const username = freshUsername("canary");
  const email = `${username}@canary.test`;
  await api("POST", "/auth/register", { json: { email, username, password: PASSWORD, display_name: "canary-name" } });
  const person = await signIn({ email, password: PASSWORD });
  const verification = await emailToken(email);
  const { token, refreshToken } = person;
  const secrets = [
    "canary",
    person.id,
    token,
    refreshToken,
    ...refreshToken.split("."),
    verification,
    env.SESSION_SECRET,
  ];

  const everything = async () => [
    await api("POST", "/auth/register", { json: { email, username, password: PASSWORD } }),
    await api("POST", "/auth/login", { json: { email, password: `${PASSWORD}2` } }),
    await api("POST", "/auth/refresh", { json: { refresh_token: `${refreshToken}x` } }),
    await api("POST", "/auth/verify-email", { json: { token: `${verification}x` } }),
    await api("POST", "/auth/verify-email", { json: { token: verification } }),
    await api("PUT", "/auth/password", { token, json: { current_password: "canary", new_password: "canary-next" } }),
    await api("DELETE", `/auth/sessions/${person.id}`, { token }),
    await api("GET", `/auth/sessions?cursor=canary&token=${token}`, { token }),
    await api("GET", "/auth/me?canary", { token: `${token}x` }),
    await api("POST", "/auth/register", { json: { email: "canary", username, password: PASSWORD } }),
    await api("GET", `/auth/nowhere/${email}`, { token }),
    await api("GET", `/users/search?q=${username}`, { token }),
    await api("GET", "/users/canary.nobody", { token }),
    await api("PUT", `/users/${person.id}/follow`, { token }),
    await api("POST", "/posts", { token, json: { content: "canary", id: "canary" } }),
    await api("POST", "/invites", { token, json: { kind: "email", email: "canary" } }),
    await api("POST", "/invites", { token, json: { kind: "friend", account_id: person.id } }),
    await api("DELETE", `/invites/${person.id}`, { token }),
    await api("GET", `/feed?cursor=canary`, { token }),
  ];
  const answers = await everything();
  const repairs = [breakStore("postgres", quoting), breakStore("redis", quoting)];
  answers.push(
    ...(await everything()),
    await api("GET", "/auth/me", { token }),
    await api("DELETE", "/users/me", { token }),
  );
  for (const repair of repairs) repair();
  vi.restoreAllMocks();

  const texts = await Promise.all(answers.map((answer) => answer.text()));
  expect(lines.length).toBeGreaterThan(20);
  for (const secret of secrets) {
    expect(lines.filter((line) => line.includes(secret))).toEqual([]);
    expect(texts.filter((text) => text.includes(secret))).toEqual([]);
  }
  expect(lines.some((line) => line.includes('"route":"/chat-server/api/v1/auth/sessions/:id"'))).toBe(true);
  await untilStoresAreTrusted();
});

it("[MAIL-1] a provider that fails is in the log without a word of the mail, and the answer does not wait for it", async () => {
  const errors = vi.spyOn(console, "error").mockImplementation(() => undefined);
  const real = globalThis.fetch;
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
    if (input !== env.MAIL_API_URL) return real(input, init);
    await held;
    return Response.json({ message: `canary ${JSON.stringify(init?.body)}` }, { status: 422 });
  });
  const username = freshUsername("canary");
  const json = { email: `${username}@canary.test`, username, password: PASSWORD };
  expect((await api("POST", "/auth/register", { json })).status).toBe(201);
  expect(errors).not.toHaveBeenCalled();
  release();
  await expect.poll(() => errors.mock.calls).toHaveLength(1);
  expect(String(errors.mock.calls)).not.toContain("canary");
});

/** Making accounts and logging in. */
import { env } from "cloudflare:workers";
import { listDurableObjectIds } from "cloudflare:test";
import { eq } from "drizzle-orm";
import { afterEach, describe, expect, it, vi } from "vitest";
import { accounts } from "../../../drizzle/accounts-schema.ts";
import { kdf } from "../../../worker/platform/passwords.ts";
import { failure } from "../pair.ts";
import { db } from "../stores.ts";
import { api, freshUsername, mailsTo, PASSWORD, signIn, signUp, statusesOf, verifyEmail } from "./people.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

function register(changes: object) {
  const username = freshUsername();
  const json = { email: `${username}@test.com`, username, password: PASSWORD, ...changes };
  return api("POST", "/auth/register", { json });
}

function rowsOf(username: string) {
  return db.select().from(accounts).where(eq(accounts.username, username));
}

describe("registering", () => {
  it.each([
    ["EMAIL_INVALID", { email: "" }],
    ["EMAIL_INVALID", { email: "alice" }],
    ["EMAIL_INVALID", { email: "alice@" }],
    ["EMAIL_INVALID", { email: "@test.com" }],
    ["EMAIL_INVALID", { email: "a@b@c" }],
    ["EMAIL_INVALID", { email: "a b@test.com" }],
    ["EMAIL_INVALID", { email: "a\r\nBcc: b@test.com" }],
    ["EMAIL_INVALID", { email: "a\0@test.com" }],
    ["EMAIL_INVALID", { email: "a,b@test.com" }],
    ["EMAIL_INVALID", { email: "\u202eecila@test.com" }],
    ["EMAIL_INVALID", { email: `a@${"x".repeat(253)}` }],
    ["USERNAME_INVALID", { username: "" }],
    ["USERNAME_INVALID", { username: "al" }],
    ["USERNAME_INVALID", { username: "a".repeat(31) }],
    ["USERNAME_INVALID", { username: "al ice" }],
    ["USERNAME_INVALID", { username: "алиса" }],
    ["USERNAME_INVALID", { username: "..." }],
    ["USERNAME_INVALID", { username: "alice." }],
    ["USERNAME_INVALID", { username: "al/ice" }],
    ["PASSWORD_TOO_SHORT", { password: "1234567" }],
    ["PASSWORD_TOO_LONG", { password: "x".repeat(129) }],
    ["NAME_EMPTY", { display_name: " " }],
    ["NAME_CHARACTERS", { display_name: "Ali\u202ece" }],
    ["BODY_INVALID", { email: undefined }],
    ["BODY_INVALID", { username: 7 }],
    ["BODY_INVALID", { password: ["12345678"] }],
  ])("[AUTH-2] is refused with %s: %j", async (code, changes) => {
    const objects = (await listDurableObjectIds(env.INBOX)).length;
    expect(await failure(await register(changes))).toEqual({ status: 400, code });
    expect(await listDurableObjectIds(env.INBOX)).toHaveLength(objects);
  });

  it("[AUTH-2] takes addresses and passwords in any script", async () => {
    const password = "пароль密码🔑é";
    const response = await register({ email: ` Ünal+1@пример.рф `, password, display_name: " Ünal " });
    expect(response.status).toBe(201);
    const { user } = await response.json<{ user: { id: string; email: string; username: string } }>();
    expect(user.email).toBe("Ünal+1@пример.рф");
    // Another keyboard writes the same letters otherwise.
    const typed = password.normalize("NFKD");
    const json = { username: user.username, password: typed };
    expect((await api("POST", "/auth/login", { json })).status).toBe(200);
  });

  it("[AUTH-3] a username is taken for ever, however it is written", async () => {
    const { username, token } = await signUp("taken");
    for (const variant of [username, username.toUpperCase(), ` ${username} `]) {
      expect(await failure(await register({ username: variant }))).toEqual({ status: 409, code: "USERNAME_TAKEN" });
    }
    expect((await api("DELETE", "/users/me", { token })).status).toBe(204);
    expect(await failure(await register({ username }))).toEqual({ status: 409, code: "USERNAME_TAKEN" });
  });

  it("[AUTH-3] of many who want a username at once, exactly one gets it", async () => {
    const username = freshUsername("raced");
    const answers = await Promise.all(Array.from({ length: 8 }, () => register({ username })));
    const statuses = statusesOf(answers);
    expect(statuses).toEqual([201, ...Array.from({ length: 7 }, () => 409)]);
    expect(await rowsOf(username)).toHaveLength(1);
  });

  it("[AUTH-6] keeps of the password a scrypt hash with a salt of its own", async () => {
    const [one, other] = [await signUp(), await signUp()];
    const hashes = (await Promise.all([one, other].map(({ username }) => rowsOf(username)))).flat();
    const texts = hashes.map(({ passwordHash }) => passwordHash);
    for (const text of texts) expect(text).toMatch(/^scrypt\$8\$8\$3\$[\w-]{22}\$[\w-]{43}$/);
    expect(new Set(texts).size).toBe(2);
    expect(JSON.stringify(hashes)).not.toContain(PASSWORD);
  });
});

describe("an email", () => {
  it("[AUTH-4] that has an account gets the same answers as one that has none, after as much work", async () => {
    const known = await signUp("known");
    await verifyEmail(known);
    const derive = vi.spyOn(kdf, "derive");
    const seen = [];
    for (const email of [known.email, `${freshUsername("unknown")}@test.com`]) {
      for (const json of [
        { email, password: "a wrong password" },
        { email: email.toUpperCase(), password: "a wrong password" },
      ]) {
        derive.mockClear();
        const response = await api("POST", "/auth/login", { json });
        const headers = [...response.headers].filter(([name]) => name !== "date");
        const { error, ...rest } = await response.json<{ error: { requestId?: string } }>();
        delete error.requestId;
        seen.push(JSON.stringify({ status: response.status, headers, error, rest, runs: derive.mock.calls.length }));
      }
      derive.mockClear();
      const registered = await register({ email });
      const body = await registered.json<{ user: object; tokens: object }>();
      expect({ status: registered.status, keys: Object.keys({ ...body, ...body.user, ...body.tokens }) }).toEqual({
        status: 201,
        keys: ["user", "tokens", "id", "email", "username", "access_token", "refresh_token", "expires_in"],
      });
      expect(derive).toHaveBeenCalledTimes(1);
    }
    expect(new Set(seen).size).toBe(1);
    expect(seen[0]).toContain('"runs":2');
    expect(seen[0]).toContain("CREDENTIALS_WRONG");
  });

  it("[AUTH-4] the work is the same for right and wrong passwords, one claimant, several or none, and usernames", async () => {
    const first = await signUp("several");
    await register({ email: first.email });
    await register({ email: first.email });
    const single = await signUp("single");
    const derive = vi.spyOn(kdf, "derive");
    for (const name of [
      { email: first.email },
      { email: single.email },
      { username: single.username },
      { email: "nobody@test.com" },
      { username: "nobody" },
      { email: "no address" },
      { username: "\0" },
    ]) {
      for (const password of [PASSWORD, "a wrong password"]) {
        derive.mockClear();
        await api("POST", "/auth/login", { json: { ...name, password } });
        expect(derive).toHaveBeenCalledTimes(2);
        const costs = derive.mock.calls.map(([, { cost }]) => cost);
        expect(new Set(costs)).toEqual(new Set([8]));
      }
    }
  });

  it("[AUTH-5] may be claimed by several, and belongs to who verifies it", async () => {
    const owner = await signUp("owner");
    const login = (password: string) => api("POST", "/auth/login", { json: { email: owner.email, password } });
    const idOf = async (response: Response) => (await response.json<{ user: { id: string } }>()).user.id;
    await verifyEmail(owner);

    const claim = await register({ email: owner.email.toUpperCase(), password: "another password" });
    expect(claim.status).toBe(201);
    const claimant = await idOf(claim);
    // Each gets into their own account, and no further.
    expect(await idOf(await login(owner.password))).toBe(owner.id);
    expect(await idOf(await login("another password"))).toBe(claimant);
    await expect.poll(() => mailsTo(owner.email.toUpperCase())).toHaveLength(1);
    const [mail] = await mailsTo(owner.email.toUpperCase());
    expect(mail?.subject).toBe("You already have a Duet account");
    expect(mail?.text).not.toContain("verify-email");
  });
});

describe("logging in", () => {
  it("[AUTH-8] with anything wrong gets one and the same answer", async () => {
    const { username, email } = await signUp();
    const deleted = await signUp("deleted");
    await api("DELETE", "/users/me", { token: deleted.token });
    const bodies = new Set<string>();
    for (const json of [
      { email, password: "a wrong password" },
      { email, password: "" },
      { email, password: PASSWORD.toUpperCase() },
      { email, password: "x".repeat(60_000) },
      { email: `x${email}`, password: PASSWORD },
      { email: "", password: PASSWORD },
      { email: "not an address", password: PASSWORD },
      { email: "a\0@test.com", password: PASSWORD },
      { email: "x".repeat(10_000), password: PASSWORD },
      { email: username, password: PASSWORD },
      { username: email, password: PASSWORD },
      { username: "nobody_at_all", password: PASSWORD },
      { username: "%", password: PASSWORD },
      { email: deleted.email, password: PASSWORD },
      { username: deleted.username, password: PASSWORD },
    ]) {
      const response = await api("POST", "/auth/login", { json });
      const { error } = await response.json<{ error: { requestId?: string } }>();
      delete error.requestId;
      bodies.add(`${response.status} ${JSON.stringify(error)}`);
    }
    expect([...bodies]).toEqual([expect.stringMatching(/^401 .*CREDENTIALS_WRONG/)]);
  });

  it.each([{ password: PASSWORD }, { email: 7, password: PASSWORD }, { email: "a@test.com" }, [], null, "x"])(
    "[AUTH-8] %j is BODY_INVALID",
    async (json) => {
      expect(await failure(await api("POST", "/auth/login", { json }))).toEqual({ status: 400, code: "BODY_INVALID" });
    },
  );

  it("[AUTH-5] goes by email in any case, and by username", async () => {
    const { id, username, email } = await signUp();
    for (const json of [{ email: ` ${email.toUpperCase()} ` }, { username }, { username: username.toUpperCase() }]) {
      const response = await api("POST", "/auth/login", { json: { ...json, password: PASSWORD } });
      expect(await response.json()).toMatchObject({ user: { id } });
    }
    expect((await signIn({ email, password: PASSWORD })).id).toBe(id);
  });
});

/** Guarding and deleting one's account. */
import { env } from "cloudflare:workers";
import { runInDurableObject } from "cloudflare:test";
import { eq } from "drizzle-orm";
import { afterEach, describe, expect, it, vi } from "vitest";
import { accounts } from "../../../drizzle/accounts-schema.ts";
import { kdf } from "../../../worker/platform/passwords.ts";
import { stopClock } from "../outage.ts";
import { failure } from "../pair.ts";
import { breakStore, db } from "../stores.ts";
import { api, emailToken, isSignedIn, mailsTo, PASSWORD, signIn, signUp, statusesOf, verifyEmail } from "./people.ts";

const NEXT = "another password";

afterEach(() => {
  vi.restoreAllMocks();
});

function changePassword(token: string, current: string, next: unknown = NEXT) {
  return api("PUT", "/auth/password", { token, json: { current_password: current, new_password: next } });
}

function logIn(username: string, password: string) {
  return api("POST", "/auth/login", { json: { username, password } });
}

describe("changing the password", () => {
  it("[ACC-1] ends every session but the one that did it; the old password is none", async () => {
    const laptop = await signUp();
    const phone = await signIn(laptop);
    expect((await changePassword(laptop.token, PASSWORD)).status).toBe(204);
    expect(await isSignedIn(laptop.token)).toBe(true);
    expect(await isSignedIn(phone.token)).toBe(false);
    const refresh = { json: { refresh_token: phone.refreshToken } };
    expect((await api("POST", "/auth/refresh", refresh)).status).toBe(401);
    expect((await logIn(laptop.username, PASSWORD)).status).toBe(401);
    expect((await logIn(laptop.username, NEXT)).status).toBe(200);
  });

  it("[ACC-1] needs the current one, and a new one that could be registered with", async () => {
    const { token, username } = await signUp();
    expect(await failure(await changePassword(token, NEXT))).toEqual({ status: 403, code: "PASSWORD_WRONG" });
    for (const [next, code] of [
      ["short", "PASSWORD_TOO_SHORT"],
      ["x".repeat(129), "PASSWORD_TOO_LONG"],
      [7, "BODY_INVALID"],
    ]) {
      expect(await failure(await changePassword(token, PASSWORD, next))).toEqual({ status: 400, code });
    }
    expect((await logIn(username, PASSWORD)).status).toBe(200);
  });

  it("[ACC-1] raced: one of two wins, and the other is told that its password is not the current one", async () => {
    const { token, username } = await signUp();
    const next = ["password number one", "password number two"];
    const answers = await Promise.all(next.map((password) => changePassword(token, PASSWORD, password)));
    expect(statusesOf(answers)).toEqual([204, 403]);
    const works = await Promise.all(next.map(async (password) => (await logIn(username, password)).status === 200));
    expect(works).toEqual(answers.map(({ status }) => status === 204));
  });

  it("[ACC-1] a login that was under way with the old password comes too late", async () => {
    const { token, username } = await signUp();
    const { derive } = kdf;
    vi.spyOn(kdf, "derive").mockImplementationOnce(async (...args) => {
      // The login has read the old hash by now.
      expect((await changePassword(token, PASSWORD)).status).toBe(204);
      return derive(...args);
    });
    const late = await logIn(username, PASSWORD);
    expect(await failure(late)).toEqual({ status: 401, code: "CREDENTIALS_WRONG" });
  });

  it("[ACC-1] whose news did not reach the sessions ends them with the next login", async () => {
    const { id, username, token } = await signUp();
    await db.update(accounts).set({ passwordVersion: 2 }).where(eq(accounts.id, id));
    expect(await isSignedIn(token)).toBe(true);
    expect((await logIn(username, PASSWORD)).status).toBe(200);
    expect(await isSignedIn(token)).toBe(false);
  });
});

describe("deleting the account", () => {
  it("[ACC-2] erases what is personal, ends every session and leaves a tombstone", async () => {
    const person = await signUp("gone");
    const phone = await signIn(person);
    await verifyEmail(person);
    expect((await api("DELETE", "/users/me", { token: person.token })).status).toBe(204);
    for (const { token, refreshToken } of [person, phone]) {
      expect(await isSignedIn(token)).toBe(false);
      expect((await api("POST", "/auth/refresh", { json: { refresh_token: refreshToken } })).status).toBe(401);
    }
    const [row] = await db.select().from(accounts).where(eq(accounts.id, person.id));
    expect(row).toMatchObject({
      email: null,
      emailKey: null,
      emailVerifiedAt: null,
      username: person.username,
      displayName: "",
      passwordHash: "",
      discoverable: false,
      deletedAt: expect.any(Date),
    });
    const tables = await runInDurableObject(env.INBOX.getByName(person.id), (_, { storage }) =>
      storage.sql.exec("select name from sqlite_master where name not like '\\_cf%' escape '\\'").toArray(),
    );
    expect(tables).toEqual([{ name: "tombstone" }]);
    // The address is free for somebody else.
    const json = { email: person.email, username: `${person.username}2`, password: PASSWORD };
    expect((await api("POST", "/auth/register", { json })).status).toBe(201);
    await expect.poll(() => mailsTo(person.email)).toHaveLength(2);
    await verifyEmail(person);
  });

  it("[ACC-2] again, or twice at once, is done", async () => {
    const { token } = await signUp();
    const answers = await Promise.all([1, 2].map(() => api("DELETE", "/users/me", { token })));
    for (const { status } of answers) expect([204, 401]).toContain(status);
    expect(answers.map(({ status }) => status)).toContain(204);
    expect((await api("DELETE", "/users/me", { token })).status).toBe(401);
  });

  it("[ACC-2] while Postgres is out does nothing, and can be asked for again", async () => {
    const { token } = await signUp();
    const repair = breakStore("postgres");
    expect(await failure(await api("DELETE", "/users/me", { token }))).toEqual({ status: 503, code: "UNAVAILABLE" });
    repair();
    expect(await isSignedIn(token)).toBe(true);
    expect((await api("DELETE", "/users/me", { token })).status).toBe(204);
  });

  it("[ACC-2] a login that was under way comes too late", async () => {
    const { token, username } = await signUp();
    const { derive } = kdf;
    vi.spyOn(kdf, "derive").mockImplementationOnce(async (...args) => {
      await api("DELETE", "/users/me", { token });
      return derive(...args);
    });
    expect(await failure(await logIn(username, PASSWORD))).toEqual({ status: 401, code: "CREDENTIALS_WRONG" });
  });
});

describe("an address", () => {
  function verify(token: string) {
    return api("POST", "/auth/verify-email", { json: { token } });
  }

  it("[AUTH-7] is verified with the token from its mail, any number of times", async () => {
    const person = await signUp();
    const token = await emailToken(person.email);
    for (const _ of [1, 2]) expect((await verify(token)).status).toBe(204);
    expect(await (await api("GET", "/auth/me", { token: person.token })).json()).toMatchObject({
      email_verified: true,
    });
  });

  it("[AUTH-7] is not, with any other token", async () => {
    const person = await signUp();
    const token = await emailToken(person.email);
    for (const wrong of ["", "nonsense", person.token, person.refreshToken, `${token}x`]) {
      expect(await failure(await verify(wrong))).toEqual({ status: 400, code: "EMAIL_TOKEN_INVALID" });
    }
    expect(await isSignedIn(token)).toBe(false);
    await api("DELETE", "/users/me", { token: person.token });
    expect(await failure(await verify(token))).toEqual({ status: 400, code: "EMAIL_TOKEN_INVALID" });
  });

  it("[AUTH-7] that two claim is verified by one of them, also at the same moment", async () => {
    const one = await signUp();
    const json = { email: one.email, username: `${one.username}2`, password: PASSWORD };
    await api("POST", "/auth/register", { json });
    await expect.poll(() => mailsTo(one.email)).toHaveLength(2);
    const tokens = (await mailsTo(one.email)).map(({ text }) => /verify-email#(\S+)/.exec(text)?.[1] ?? "");
    const answers = await Promise.all(tokens.map(verify));
    expect(statusesOf(answers)).toEqual([204, 400]);
  });

  it("[AUTH-7] gets another mail on demand, unless it is verified; five within an hour at the most", async () => {
    stopClock();
    const person = await signUp();
    await emailToken(person.email);
    for (let count = 0; count < 8; count += 1) {
      expect((await api("POST", "/auth/verify-email/resend", { token: person.token })).status).toBe(202);
    }
    await expect.poll(() => mailsTo(person.email)).toHaveLength(5);
    const other = await signUp();
    await verifyEmail(other);
    expect((await api("POST", "/auth/verify-email/resend", { token: other.token })).status).toBe(202);
    expect(await mailsTo(other.email)).toHaveLength(1);
  });
});

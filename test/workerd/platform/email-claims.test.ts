/** An address that several accounts claim: whom it lets in. What that leaves to an attacker is in SECURITY.md. */
import { eq } from "drizzle-orm";
import { expect, it } from "vitest";
import { accounts } from "../../../drizzle/accounts-schema.ts";
import { db } from "../stores.ts";
import { api, freshUsername, signUp } from "./people.ts";

function register(email: string, password: string, username = freshUsername()): Promise<Response> {
  return api("POST", "/auth/register", { json: { email, username, password } });
}

function emailLogin(email: string, password: string): Promise<Response> {
  return api("POST", "/auth/login", { json: { email, password } });
}

it("[AUTH-5] an address stays a way in for who claimed it first, whoever comes later", async () => {
  const owner = await signUp("owner");
  for (const password of ["stranger one", "stranger two", "stranger three"]) {
    expect((await register(owner.email, password)).status).toBe(201);
  }
  const answer = await emailLogin(owner.email, owner.password);
  expect(await answer.json()).toMatchObject({ user: { id: owner.id } });
  // Of the strangers, the first still gets in by email; the others by their usernames.
  expect((await emailLogin(owner.email, "stranger one")).status).toBe(200);
  expect((await emailLogin(owner.email, "stranger three")).status).toBe(401);
});

it("[AUTH-5] an address is a way in for who verifies it, however many came before", async () => {
  const early = await signUp("early");
  expect((await register(early.email, "stranger two")).status).toBe(201);
  const username = freshUsername("owner");
  const registered = await register(early.email, "my password", username);
  const { user } = await registered.json<{ user: { id: string } }>();
  expect((await emailLogin(early.email, "my password")).status).toBe(401);
  // Nobody is shut out: the username goes, and so does the mail.
  const byName = await api("POST", "/auth/login", { json: { username, password: "my password" } });
  expect(await byName.json()).toMatchObject({ user: { id: user.id } });
  await db.update(accounts).set({ emailVerifiedAt: new Date() }).where(eq(accounts.id, user.id));
  const byEmail = await emailLogin(early.email, "my password");
  expect(await byEmail.json()).toMatchObject({ user: { id: user.id } });
  expect((await emailLogin(early.email, "stranger two")).status).toBe(401);
});

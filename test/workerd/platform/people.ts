/** Drives the platform as its users would, from inside the runtime. */
import { env } from "cloudflare:workers";
import * as z from "zod/mini";
import { expect } from "vitest";
import { SignInAnswer } from "../../../protocol/platform/auth.ts";
import { request } from "../pair.ts";

export const API = "/chat-server/api/v1";
export const PASSWORD = "correct horse battery";

/** Somebody with an account, logged in. */
export interface Person {
  id: string;
  username: string;
  email: string;
  password: string;
  /** An access token. */
  token: string;
  refreshToken: string;
}

interface CallOptions {
  /** Access token of who calls. */
  token?: string | undefined;
  json?: unknown;
  headers?: Record<string, string>;
}

/** @param path - below /chat-server/api/v1 */
export function api(method: string, path: string, { token, json, headers }: CallOptions = {}): Promise<Response> {
  return request(API + path, {
    ...(json !== undefined && { json }),
    method,
    headers: { ...(token !== undefined && { Authorization: `Bearer ${token}` }), ...headers },
  });
}

/** A username that nobody has: they are never given twice, and tests share a database. */
export function freshUsername(name = "user"): string {
  return `${name}_${crypto.randomUUID().replaceAll("-", "").slice(0, 12)}`;
}

/** The statuses of answers that came in any order, ascending. */
export function statusesOf(answers: readonly Response[]): number[] {
  return answers.map(({ status }) => status).toSorted((a, b) => a - b);
}

/** Makes an account with a fresh username that begins with `name`. */
export async function signUp(name = "user"): Promise<Person> {
  const username = freshUsername(name);
  const email = `${username}@test.com`;
  const response = await api("POST", "/auth/register", { json: { email, username, password: PASSWORD } });
  expect(response.status).toBe(201);
  return personOf(await response.json());
}

/** Logs in once more, for another session of the same person. */
export async function signIn({ email, password }: { email: string; password: string }): Promise<Person> {
  const response = await api("POST", "/auth/login", { json: { email, password } });
  expect(response.status).toBe(200);
  return { ...personOf(await response.json()), password };
}

function personOf(answer: unknown): Person {
  const { user, tokens } = z.parse(SignInAnswer, answer);
  return { ...user, password: PASSWORD, token: tokens.access_token, refreshToken: tokens.refresh_token };
}

/** Whether an access token is taken. */
export async function isSignedIn(token: string): Promise<boolean> {
  const { status } = await api("GET", "/auth/me", { token });
  if (status !== 200 && status !== 401) throw new Error(`An unexpected answer: ${status}`);
  return status === 200;
}

const Mailbox = z.object({
  mails: z.array(z.object({ to: z.array(z.string()), subject: z.string(), text: z.string() })),
});

/** The mails that went to an address, newest first. */
export async function mailsTo(email: string) {
  const { mails } = z.parse(Mailbox, await (await fetch(new URL("/", env.MAIL_API_URL))).json());
  return mails.filter(({ to }) => to.includes(email));
}

/** The token in the newest mail that asks `email` for a confirmation. */
export async function emailToken(email: string): Promise<string> {
  const find = async () => (await mailsTo(email)).map(({ text }) => /verify-email#(\S+)/.exec(text)?.[1]);
  await expect.poll(find).toContainEqual(expect.any(String));
  return (await find()).find((token) => token !== undefined) ?? "";
}

/** Confirms somebody's address, as they would with the mail they got. */
export async function verifyEmail({ email }: { email: string }): Promise<void> {
  const response = await api("POST", "/auth/verify-email", { json: { token: await emailToken(email) } });
  expect(response.status).toBe(204);
}

/** What people do with each other, in short words. */
import { env } from "cloudflare:workers";
import * as z from "zod/mini";
import { expect, onTestFinished, vi } from "vitest";
import { Inbox } from "../../../durable-objects/inbox/inbox.ts";
import type { InboxEvent } from "../../../protocol/platform/inbox-events.ts";
import { Invite } from "../../../protocol/platform/invites.ts";
import { Post } from "../../../protocol/platform/posts.ts";
import { api, type Person } from "./people.ts";

export const USER_UNKNOWN = { status: 404, code: "USER_UNKNOWN" };

export function follow({ token }: Person, { id }: { id: string }): Promise<Response> {
  return api("PUT", `/users/${id}/follow`, { token });
}

export function block({ token }: Person, { id }: { id: string }): Promise<Response> {
  return api("PUT", `/users/${id}/block`, { token });
}

export function unblock({ token }: Person, { id }: { id: string }): Promise<Response> {
  return api("DELETE", `/users/${id}/block`, { token });
}

export function deleteAccount({ token }: Person): Promise<Response> {
  return api("DELETE", "/users/me", { token });
}

export async function post({ token }: Person, content: string): Promise<Post> {
  const response = await api("POST", "/posts", { token, json: { content } });
  expect(response.status).toBe(201);
  return z.parse(Post, await response.json());
}

export function askToBeFriends({ token }: Person, { id }: { id: string }): Promise<Response> {
  return api("POST", "/invites", { token, json: { kind: "friend", account_id: id } });
}

/** Sends an invite to be friends, or to an address. */
export async function invite(from: Person, to: { id: string } | string): Promise<Invite> {
  const json = typeof to === "string" ? { kind: "email", email: to } : { kind: "friend", account_id: to.id };
  const response = await api("POST", "/invites", { token: from.token, json });
  expect(response.status).toBe(201);
  return z.parse(Invite, await response.json());
}

export function accept({ token }: Person, { id }: { id: string }): Promise<Response> {
  return api("POST", `/invites/${id}/accept`, { token });
}

export function reject({ token }: Person, { id }: { id: string }): Promise<Response> {
  return api("POST", `/invites/${id}/reject`, { token });
}

export function cancel({ token }: Person, { id }: { id: string }): Promise<Response> {
  return api("DELETE", `/invites/${id}`, { token });
}

export async function befriend(a: Person, b: Person): Promise<void> {
  expect((await accept(b, await invite(a, b))).status).toBe(200);
}

/** Somebody's invites, newest first. */
export async function invitesOf({ token }: Person, direction: "sent" | "received" = "received"): Promise<Invite[]> {
  const response = await api("GET", `/invites?direction=${direction}`, { token });
  return z.parse(z.object({ invites: z.array(Invite) }), await response.json()).invites;
}

/** What the items of a list are called, from all its pages. */
export async function all<T>(
  { token }: Person,
  path: string,
  schema: z.ZodMiniType<T>,
  limit = 100,
): Promise<{ items: T[]; pages: number }> {
  const items: T[] = [];
  for (let pages = 1, cursor = ""; ; pages += 1) {
    const separator = path.includes("?") ? "&" : "?";
    const response = await api("GET", `${path}${separator}limit=${limit}${cursor}`, { token });
    expect(response.status).toBe(200);
    const { next_cursor: next, ...lists } = await response.json<{ next_cursor: string | null }>();
    const page = z.parse(z.array(schema), Object.values(lists)[0]);
    items.push(...page);
    if (next === null) return { items, pages };
    expect(page).toHaveLength(limit);
    cursor = `&cursor=${encodeURIComponent(next)}`;
  }
}

const Named = z.object({ id: z.string(), username: z.string() });

/** The ids of the people in a list. */
export async function idsIn(viewer: Person, path: string, limit = 100): Promise<string[]> {
  return (await all(viewer, path, Named, limit)).items.map(({ id }) => id);
}

export function friendsOf(person: Person): Promise<string[]> {
  return idsIn(person, "/friends");
}

/** Everything that accounts are told from now on, until the test ends. */
export function listen(): { eventsOf: (person: Person) => InboxEvent[] } {
  const heard: { name: string | undefined; event: InboxEvent }[] = [];
  const spy = vi.spyOn(Inbox.prototype, "notify").mockImplementation(function notify(this: Inbox, event) {
    heard.push({ name: this["ctx"].id.toString(), event });
  });
  onTestFinished(() => spy.mockRestore());
  return {
    eventsOf: ({ id }) => {
      const name = env.INBOX.idFromName(id).toString();
      return heard.flatMap((entry) => (entry.name === name ? [entry.event] : []));
    },
  };
}

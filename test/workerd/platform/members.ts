/** Acts on the members of conversations, over HTTP. */
import { expect } from "vitest";
import type { Participant } from "../../../protocol/platform/conversations.ts";
import type { Role } from "../../../protocol/platform/permissions.ts";
import { friends } from "./account-socket.ts";
import { api, type Person } from "./people.ts";

/** Three friends, called by what they will be. */
export async function three(): Promise<[Person, Person, Person]> {
  const [owner, admin, member] = await friends("owner", "admin", "member");
  if (!owner || !admin || !member) throw new Error("Three were asked for.");
  return [owner, admin, member];
}

export function setRole(caller: Person, id: string, target: Person, role: Role): Promise<Response> {
  return api("PATCH", `/conversations/${id}/members/${target.id}`, { token: caller.token, json: { role } });
}

export function remove(caller: Person, id: string, target: Person | "me"): Promise<Response> {
  const whom = target === "me" ? "me" : target.id;
  return api("DELETE", `/conversations/${id}/members/${whom}`, { token: caller.token });
}

export function add(caller: Person, id: string, ...people: Person[]): Promise<Response> {
  const json = { account_ids: people.map((person) => person.id) };
  return api("POST", `/conversations/${id}/members`, { token: caller.token, json });
}

export async function membersOf(caller: Person, id: string, query = ""): Promise<Participant[]> {
  const answer = await api("GET", `/conversations/${id}/members${query}`, { token: caller.token });
  expect(answer.status).toBe(200);
  return (await answer.json<{ members: Participant[] }>()).members;
}

export async function rolesOf(caller: Person, id: string): Promise<Record<string, Role>> {
  return Object.fromEntries((await membersOf(caller, id)).map((member) => [member.id, member.role]));
}

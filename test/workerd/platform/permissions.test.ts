/** The table of permissions, cell by cell. */
import { runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { keysOf } from "../../../protocol/keys-of.ts";
import { type Action, isAllowed, PERMISSIONS, type Role, ROLES } from "../../../protocol/platform/permissions.ts";
import { failure } from "../pair.ts";
import { befriend, conversationStub, direct, evict, group, room } from "./account-socket.ts";
import { add, remove, rolesOf, setRole, three } from "./members.ts";
import { api, type Person, signUp } from "./people.ts";

describe("permissions", () => {
  /** A conversation of a kind in which somebody has each role. In a direct one both are members. */
  async function cast(kind: "direct" | "group" | "room") {
    const [owner, admin, member] = await three();
    const people = { owner, admin, member };
    if (kind === "direct") return { id: await direct(owner, admin), people };
    const id = kind === "group" ? await group(owner, admin, member) : await room(owner);
    if (kind === "room") await add(owner, id, admin, member);
    await setRole(owner, id, admin, "admin");
    return { id, people };
  }

  /** Does something in the name of somebody; on a bystander of the role that it takes, where it takes one. */
  const DEEDS: Record<Action, (id: string, caller: Person, owner: Person) => Promise<Response>> = {
    talk: (id, { token }) => api("POST", `/conversations/${id}/messages`, { token, json: { content: "x" } }),
    rename: (id, { token }) => api("PATCH", `/conversations/${id}`, { token, json: { name: "Other" } }),
    link: (id, { token }) => api("POST", `/conversations/${id}/links`, { token, json: {} }),
    leave: (id, caller) => remove(caller, id, "me"),
    async add(id, caller) {
      const friend = await signUp("friend");
      await befriend(caller, friend);
      return add(caller, id, friend);
    },
    removeMember: async (id, caller, owner) => remove(caller, id, await bystander(id, owner, "member")),
    removeAdmin: async (id, caller, owner) => remove(caller, id, await bystander(id, owner, "admin")),
    async removeOwner(id, caller, owner) {
      if (caller !== owner) return remove(caller, id, owner);
      // Of oneself it is leaving, which is another action; so there has to be a second owner, against the rules.
      const second = await bystander(id, owner, "admin");
      await crown(id, second);
      expect(Object.values(await rolesOf(owner, id)).filter((role) => role === "owner")).toHaveLength(2);
      return remove(caller, id, second);
    },
    appoint: async (id, caller, owner) => setRole(caller, id, await bystander(id, owner, "member"), "admin"),
    handOver: async (id, caller, owner) => setRole(caller, id, await bystander(id, owner, "member"), "owner"),
  };

  /** Makes somebody an owner by hand: nobody can ask for a second one. */
  async function crown(id: string, { id: accountId }: Person): Promise<void> {
    await runInDurableObject(conversationStub(id), (_, { storage: { sql } }) => {
      sql.exec("update memberships set role = 'owner' where account_id = ?", accountId);
    });
    await evict(conversationStub(id));
  }

  async function bystander(id: string, owner: Person, role: Role): Promise<Person> {
    const person = await signUp("bystander");
    await befriend(owner, person);
    await add(owner, id, person);
    if (role !== "member") await setRole(owner, id, person, role);
    return person;
  }

  const CELLS = keysOf(PERMISSIONS).flatMap((action) =>
    (["group", "room"] as const).flatMap((kind) => ROLES.map((role) => ({ action, kind, role }))),
  );

  it.each(CELLS)("[PERM-1] $action in a $kind as $role", async ({ action, kind, role }) => {
    const { id, people } = await cast(kind);
    const answer = await DEEDS[action](id, people[role], people.owner);
    const code = answer.ok ? "OK" : (await failure(answer)).code;
    expect(code).toBe(isAllowed(action, kind, role) ? "OK" : "NOT_ALLOWED");
  });

  it("[PERM-2] a direct conversation has two members and stays so; both may write", async () => {
    const { id, people } = await cast("direct");
    const { owner: one, admin: other, member: third } = people;
    const { token } = one;
    for (const answer of [
      await add(one, id, third),
      await remove(one, id, other),
      await remove(one, id, "me"),
      await setRole(one, id, other, "owner"),
      await setRole(one, id, other, "admin"),
      await api("PATCH", `/conversations/${id}`, { token, json: { name: "x" } }),
      await api("POST", `/conversations/${id}/links`, { token, json: {} }),
      await api("GET", `/conversations/${id}/links`, { token }),
    ]) {
      expect(await failure(answer)).toEqual({ status: 403, code: "NOT_ALLOWED" });
    }
    for (const person of [one, other]) expect((await DEEDS.talk(id, person, one)).status).toBe(201);
    expect(await rolesOf(one, id)).toEqual({ [one.id]: "member", [other.id]: "member" });
  });
});

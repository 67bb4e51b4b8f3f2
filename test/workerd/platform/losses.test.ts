/** What a loss of storage must not give back, and what it takes with it. */
import { and, eq } from "drizzle-orm";
import { afterEach, expect, it } from "vitest";
import { conversationMembers, conversations } from "../../../drizzle/conversations-schema.ts";
import { hang, loseStorage, setLimits, untilStoresAreTrusted } from "../outage.ts";
import { failure } from "../pair.ts";
import { breakStore, db, flush } from "../stores.ts";
import { conversationStub, directPair, disturb, evict, group, room } from "./account-socket.ts";
import { membersOf, remove, rolesOf, setRole, three } from "./members.ts";
import { api, type Person, signUp } from "./people.ts";

afterEach(() => {
  setLimits({ ARCHIVE_DELAY_MS: 2_000, STORE_TIMEOUT_MS: 5_000 });
});

/** The alarm does not go off before the storage is lost. */
function withoutArchiving(): void {
  setLimits({ ARCHIVE_DELAY_MS: 60_000 });
}

async function archivedRole(id: string, person: Person): Promise<string | null | undefined> {
  const isTheirs = and(eq(conversationMembers.conversationId, id), eq(conversationMembers.accountId, person.id));
  const [row] = await db.select().from(conversationMembers).where(isTheirs);
  return row?.role;
}

async function isUnknown(id: string, person: Person): Promise<boolean> {
  const answer = await api("GET", `/conversations/${id}/messages`, { token: person.token });
  if (answer.status === 200) return false;
  expect(await failure(answer)).toEqual({ status: 404, code: "CONVERSATION_UNKNOWN" });
  return true;
}

it("[SAFE-7] who was removed, or has left, stays out although the object lost its storage right after", async () => {
  withoutArchiving();
  const [owner, admin, member] = await three();
  const [id, lobby] = [await group(owner, admin, member), await room(owner)];
  await api("POST", `/rooms/${lobby}/join`, { token: member.token });
  for (const made of [id, lobby]) await flush(made);
  expect((await remove(owner, id, member)).status).toBe(204);
  expect((await remove(admin, id, "me")).status).toBe(204);
  expect((await api("POST", `/rooms/${lobby}/leave`, { token: member.token })).status).toBe(204);
  for (const made of [id, lobby]) {
    await loseStorage(made);
    expect(await rolesOf(owner, made)).toEqual({ [owner.id]: "owner" });
    expect(await isUnknown(made, member)).toBe(true);
  }
  expect(await isUnknown(id, admin)).toBe(true);
});

it("[SAFE-7] so do a role that was taken away, and that a direct conversation is closed", async () => {
  withoutArchiving();
  const [owner, admin] = await three();
  const id = await group(owner, admin);
  await setRole(owner, id, admin, "admin");
  await flush(id);
  expect((await setRole(owner, id, admin, "member")).status).toBe(204);
  await loseStorage(id);
  expect(await rolesOf(owner, id)).toMatchObject({ [admin.id]: "member" });
  const { id: pairId, alice, bob } = await directPair();
  await flush(pairId);
  expect((await api("DELETE", `/friends/${bob.id}`, { token: alice.token })).status).toBe(204);
  const [row] = await db.select().from(conversations).where(eq(conversations.id, pairId));
  expect(row?.open).toBe(false);
});

it("[SAFE-7] while Postgres is out the answer does not fail, and Postgres hears of it as soon as it is back", async () => {
  const [owner, admin, member] = await three();
  setLimits({ STORE_TIMEOUT_MS: 1_000 });
  const id = await group(owner, admin, member);
  await flush(id);
  await evict(conversationStub(id));
  expect(await archivedRole(id, member)).toBe("member");
  const repair = breakStore("postgres", hang);
  const startedAt = performance.now();
  expect((await remove(owner, id, member)).status).toBe(204);
  expect(performance.now() - startedAt).toBeLessThan(5_000);
  expect(await isUnknown(id, member)).toBe(true);
  repair();
  await untilStoresAreTrusted();
  await expect.poll(() => archivedRole(id, member), { timeout: 20_000 }).toBeNull();
});

it("[SAFE-7] of many who leave at once, each is in Postgres when it is answered", async () => {
  withoutArchiving();
  const [owner] = await three();
  const lobby = await room(owner);
  const people = await Promise.all(Array.from({ length: 8 }, () => signUp("guest")));
  await Promise.all(people.map(({ token }) => api("POST", `/rooms/${lobby}/join`, { token })));
  await flush(lobby);
  await Promise.all(
    people.map(async (person) => {
      expect((await api("POST", `/rooms/${lobby}/leave`, { token: person.token })).status).toBe(204);
      expect(await archivedRole(lobby, person)).toBeNull();
    }),
  );
});

it("[MEMB-6] raced: of a group that its last members leave at once, Postgres keeps no members", async () => {
  const [owner, admin, member] = await three();
  const id = await group(owner, admin, member);
  await flush(id);
  await Promise.all([owner, admin, member].map((person) => remove(person, id, "me")));
  expect(await db.select().from(conversationMembers).where(eq(conversationMembers.conversationId, id))).toEqual([]);
});

it("[LINK-5] links are gone with the storage; the conversation is not", async () => {
  const [owner, , member] = await three();
  const id = await group(owner);
  await flush(id);
  const made = await api("POST", `/conversations/${id}/links`, { token: owner.token, json: {} });
  const { token } = await made.json<{ token: string }>();
  await loseStorage(id);
  let revivals = 0;
  const restore = await disturb(conversationStub(id), "reviveAccount", (pass) => {
    revivals += 1;
    return pass();
  });
  const join = () => api("POST", `/links/${token}/join`, { token: member.token });
  expect(await failure(await join())).toEqual({ status: 404, code: "LINK_INVALID" });
  // Whoever guesses a token costs no query.
  expect(revivals).toBe(0);
  restore();
  expect(await membersOf(owner, id)).toHaveLength(1);
  expect(await failure(await join())).toEqual({ status: 404, code: "LINK_INVALID" });
  const list = await api("GET", `/conversations/${id}/links`, { token: owner.token });
  expect(await list.json()).toEqual({ links: [], next_cursor: null });
});

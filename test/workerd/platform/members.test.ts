/** Who belongs to a conversation, and as what. */
import { runInDurableObject } from "cloudflare:test";
import { and, eq } from "drizzle-orm";
import { afterEach, describe, expect, it } from "vitest";
import { conversationMembers } from "../../../drizzle/conversations-schema.ts";
import type { Conversation, Participant } from "../../../protocol/platform/conversations.ts";
import { setLimits } from "../outage.ts";
import { failure } from "../pair.ts";
import { db } from "../stores.ts";
import { connect, conversationStub, direct, evict, group, inboxStub } from "./account-socket.ts";
import { add, membersOf, remove, rolesOf, setRole, three } from "./members.ts";
import { api, signUp, statusesOf } from "./people.ts";

afterEach(() => {
  setLimits({ MEMBERS_PER_CONVERSATION: 1_000, CONVERSATIONS_PER_ACCOUNT: 500 });
});

describe("members", () => {
  it("[MEMB-1] are listed in pages, with names and roles", async () => {
    const [owner, admin, member] = await three();
    const id = await group(owner, admin, member);
    const all = await membersOf(member, id);
    expect(all).toHaveLength(3);
    expect(all).toEqual(
      expect.arrayContaining([
        {
          id: owner.id,
          username: owner.username,
          display_name: owner.username,
          role: "owner",
          joined_at: expect.any(Number),
        },
      ]),
    );
    const seen: string[] = [];
    let cursor: string | null = "";
    while (cursor !== null) {
      const query = `?limit=1${cursor && `&cursor=${cursor}`}`;
      const answer = await api("GET", `/conversations/${id}/members${query}`, { token: member.token });
      const page: { members: Participant[]; next_cursor: string | null } = await answer.json();
      seen.push(...page.members.map((entry) => entry.id));
      cursor = page.next_cursor;
    }
    expect(seen).toEqual(all.map((entry) => entry.id));
  });

  it("[MEMB-2] are added by leaders out of their friends, read what there is, and hear what comes", async () => {
    const [owner, admin, newcomer] = await three();
    const id = await group(owner, admin);
    const stranger = await signUp("stranger");
    expect(await failure(await add(owner, id, stranger))).toEqual({ status: 403, code: "NOT_FRIENDS" });
    expect(await failure(await add(owner, id, newcomer, owner))).toEqual({ status: 400, code: "NOT_YOURSELF" });
    const device = await connect(newcomer);
    const o = await connect(owner, id);
    await o.say(id, "before");
    expect((await add(owner, id, newcomer, admin)).status).toBe(204);
    await device.frame({ type: "conversation", conversation_id: id, change: "added" });
    await o.say(id, "after");
    expect(await device.frame({ type: "message", conversation_id: id })).toMatchObject({ seq: 2, body: "after" });
    const page = await api("GET", `/conversations/${id}/messages`, { token: newcomer.token });
    expect(await page.json()).toMatchObject({ messages: [{ content: "after" }, { content: "before" }] });
    const seen = await api("GET", `/conversations/${id}`, { token: newcomer.token });
    expect(await seen.json()).toMatchObject({ unread_count: 1, member_count: 3 });
  });

  it("[MEMB-3] who is removed has neither pushes nor history when the answer is there", async () => {
    const [owner, admin, member] = await three();
    const id = await group(owner, admin, member);
    const [o, m] = [await connect(owner, id), await connect(member, id)];
    await o.say(id, "one");
    await m.frame({ type: "message", seq: 1 });
    expect((await remove(owner, id, member)).status).toBe(204);
    await o.say(id, "secret");
    expect(await m.frame({ type: "conversation", change: "removed" })).toMatchObject({ conversation_id: id });
    m.send({ type: "hello", v: 1, conversation_id: id });
    m.send({ type: "send", conversation_id: id, id: "m-1", body: "x" });
    expect(await m.frame({ type: "nack", id: "m-1" })).toMatchObject({ code: "CONVERSATION_UNKNOWN" });
    expect(m.all({ type: "message" })).toHaveLength(1);
    for (const path of ["", "/messages", "/members"]) {
      const answer = await api("GET", `/conversations/${id}${path}`, { token: member.token });
      expect(await failure(answer)).toEqual({ status: 404, code: "CONVERSATION_UNKNOWN" });
    }
    const list = await api("GET", "/conversations", { token: member.token });
    expect(await list.json()).toMatchObject({ conversations: [] });
    // And may be added again.
    expect((await add(owner, id, member)).status).toBe(204);
    await o.say(id, "welcome back");
    expect(await m.frame({ type: "message", seq: 3 })).toMatchObject({ body: "welcome back" });
    expect(JSON.stringify(m.frames)).not.toContain("secret");
  });

  it("[MEMB-4] what was under way to somebody who was removed is dropped by their Inbox", async () => {
    const [owner, , member] = await three();
    const id = await group(owner, member);
    const m = await connect(member, id);
    await remove(owner, id, member);
    const late = [{ texts: ['{"type":"message","body":"late"}'] }];
    expect(await inboxStub(member.id).push(id, late, { epoch: "late", head: 9 })).toBe(false);
    m.ping();
    expect(await m.frame({ type: "pong" })).toEqual({ type: "pong", conversations: [] });
    expect(JSON.stringify(m.frames)).not.toContain("late");
  });

  it("[MEMB-5] an owner who leaves is followed by an admin, or by who has been there longest", async () => {
    const [owner, admin, member] = await three();
    const id = await group(owner, member, admin);
    await setRole(owner, id, admin, "admin");
    expect((await remove(owner, id, "me")).status).toBe(204);
    expect(await rolesOf(member, id)).toEqual({ [admin.id]: "owner", [member.id]: "member" });
    await remove(admin, id, "me");
    expect(await rolesOf(member, id)).toEqual({ [member.id]: "owner" });
  });

  it("[MEMB-6] a group that everybody has left is over, and its messages are gone", async () => {
    const [owner, , member] = await three();
    const id = await group(owner, member);
    await (await connect(owner, id)).say(id, "secret");
    await remove(owner, id, "me");
    expect((await remove(member, id, "me")).status).toBe(204);
    await runInDurableObject(conversationStub(id), (_, { storage }) => {
      expect(storage.sql.exec("select name from sqlite_master").toArray()).toEqual([{ name: "tombstone" }]);
    });
    const answer = await api("GET", `/conversations/${id}/messages`, { token: owner.token });
    expect(await failure(answer)).toEqual({ status: 404, code: "CONVERSATION_UNKNOWN" });
  });

  it("[MEMB-7] handing over makes the former owner an admin; there is always one owner", async () => {
    const [owner, admin, member] = await three();
    const id = await group(owner, admin, member);
    const answers = await Promise.all([
      setRole(owner, id, admin, "owner"),
      setRole(owner, id, member, "owner"),
      setRole(owner, id, admin, "owner"),
    ]);
    const roles = await rolesOf(member, id);
    expect(Object.values(roles).filter((role) => role === "owner")).toHaveLength(1);
    expect(statusesOf(answers)[0]).toBe(204);
    expect(roles[owner.id]).toBe("admin");
    const own = await setRole(admin, id, admin, "member");
    expect(own.status).toBe(403);
  });

  it("[MEMB-8] unknown members, and no more than fit", async () => {
    const [owner, admin, member] = await three();
    setLimits({ MEMBERS_PER_CONVERSATION: 2 });
    const id = await group(owner, admin);
    expect(await failure(await add(owner, id, member))).toEqual({ status: 409, code: "CONVERSATION_FULL" });
    expect(await rolesOf(owner, id)).not.toHaveProperty(member.id);
    for (const target of [member.id, "x"]) {
      const answer = await api("DELETE", `/conversations/${id}/members/${target}`, { token: owner.token });
      expect(await failure(answer)).toEqual({ status: 404, code: "MEMBER_UNKNOWN" });
    }
    setLimits({ CONVERSATIONS_PER_ACCOUNT: 1 });
    await evict(inboxStub(owner.id));
    const more = await api("POST", "/conversations", { token: owner.token, json: { name: "x" } });
    expect(await failure(more)).toEqual({ status: 409, code: "TOO_MANY_CONVERSATIONS" });
  });

  it("[MEMB-8] who is in 500 conversations can't be added to another one, and accepts no invite into one", async () => {
    const [owner, admin, member] = await three();
    const id = await group(owner, admin);
    const theirs = await group(owner, member);
    const inTheirs = and(eq(conversationMembers.conversationId, theirs), eq(conversationMembers.accountId, member.id));
    await expect.poll(() => db.select().from(conversationMembers).where(inTheirs), { timeout: 10_000 }).toHaveLength(1);
    const others = Array.from({ length: 499 }, () => ({
      conversationId: crypto.randomUUID(),
      accountId: member.id,
      role: "member",
      muted: false,
      joinedAt: new Date(),
      version: 1,
    }));
    await db.insert(conversationMembers).values(others);
    for (const answer of [
      await add(owner, id, member),
      await api("POST", "/conversations", { token: owner.token, json: { participant_id: member.id } }),
      await api("POST", "/conversations", {
        token: owner.token,
        json: { name: "Another", participant_ids: [admin.id, member.id] },
      }),
    ]) {
      expect(await failure(answer)).toEqual({ status: 409, code: "MEMBER_IN_TOO_MANY" });
    }
    expect(await rolesOf(owner, id)).not.toHaveProperty(member.id);
    // Where they are, they are.
    expect((await add(owner, theirs, member)).status).toBe(204);
    const json = { kind: "group", account_id: member.id, conversation_id: id };
    const invite = await (await api("POST", "/invites", { token: owner.token, json })).json<{ id: string }>();
    const accept = () => api("POST", `/invites/${invite.id}/accept`, { token: member.token });
    setLimits({ CONVERSATIONS_PER_ACCOUNT: 1 });
    await evict(inboxStub(member.id));
    expect(await failure(await accept())).toEqual({ status: 409, code: "TOO_MANY_CONVERSATIONS" });
    // It stays open until there is room.
    setLimits({ CONVERSATIONS_PER_ACCOUNT: 500 });
    await evict(inboxStub(member.id));
    expect((await accept()).status).toBe(200);
    expect(await rolesOf(owner, id)).toHaveProperty(member.id, "member");
  });

  it("[MEMB-10] a deleted account has no name any more; what it wrote stays, and a group gets another owner", async () => {
    const [owner, admin, member] = await three();
    const id = await group(owner, admin, member);
    const pairId = await direct(owner, member);
    const o = await connect(owner, id);
    await o.say(id, "my words");
    await o.say(pairId, "between us");
    expect((await api("DELETE", "/users/me", { token: owner.token })).status).toBe(204);
    const page = await api("GET", `/conversations/${id}/messages`, { token: member.token });
    expect(await page.json()).toMatchObject({
      messages: [{ content: "my words", sender_id: owner.id, sender_username: "" }],
    });
    expect(Object.values(await rolesOf(member, id)).toSorted()).toEqual(["member", "owner"]);
    const seen = await api("GET", `/conversations/${pairId}`, { token: member.token });
    expect(await seen.json<Conversation>()).toMatchObject({
      open: false,
      participant: null,
      last_message: { content: "between us", sender_username: "" },
    });
    const late = await api("POST", `/conversations/${pairId}/messages`, {
      token: member.token,
      json: { content: "?" },
    });
    expect(await failure(late)).toEqual({ status: 403, code: "CONVERSATION_CLOSED" });
    for (const conversation of [id, pairId]) {
      await runInDurableObject(conversationStub(conversation), (_, { storage }) => {
        const rows = ["memberships", "members", "events"].flatMap((table) =>
          storage.sql.exec(`select * from ${table}`).toArray(),
        );
        expect(JSON.stringify(rows)).not.toContain(owner.username);
      });
    }
  });
});

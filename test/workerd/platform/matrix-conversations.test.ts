/** Every row about a conversation, with every conversation, member, link and message that one may not name. */
import { beforeAll, describe, expect, it } from "vitest";
import { failure } from "../pair.ts";
import { befriend, connect, direct, group, room } from "./account-socket.ts";
import { remove, three } from "./members.ts";
import { api, type Person, signUp } from "./people.ts";
import { ask, ROWS, type Sent, SIGNED_IN } from "./rows.ts";
import { block, deleteAccount } from "./social.ts";

/** Rows whose path names a conversation, or a way into one. */
const ABOUT_CONVERSATIONS = SIGNED_IN.filter(({ endpoint }) => /\/(conversations|rooms|links)\/:/.test(endpoint.path));
/** Of them, those that any member of a group may name by its id: rows about rooms know rooms only. */
const BY_ID = ABOUT_CONVERSATIONS.filter(({ endpoint }) => endpoint.path.includes("/:id"));

function as({ token }: Person, params: Record<string, string>, more: Sent = {}): Sent {
  return { authorization: `Bearer ${token}`, params: { seq: "1", ...params }, ...more };
}

/** What is told of a failure, but for what is new with each request. */
async function told(answer: Response): Promise<string> {
  return `${answer.status} ${(await answer.text()).replace(/"requestId":"[^"]*"/, "")}`;
}

describe("a conversation that one is not in", () => {
  let stranger: Person;
  let member: Person;
  const theirs: Record<string, string> = {};
  beforeAll(async () => {
    const [owner, admin, other] = await three();
    member = owner;
    stranger = await signUp("stranger");
    await befriend(owner, stranger);
    theirs["two others' own"] = await direct(owner, admin);
    theirs["a group of others"] = await group(owner, admin, other);
    theirs["one that they were removed from"] = await group(owner, admin, stranger);
    await remove(owner, theirs["one that they were removed from"], stranger);
    theirs["one that they left"] = await group(owner, admin, stranger);
    await remove(stranger, theirs["one that they left"], "me");
    theirs["one that is over"] = await group(owner);
    await remove(owner, theirs["one that is over"], "me");
    for (const id of Object.values(theirs).slice(0, -1)) await (await connect(owner, id)).say(id, "secret");
  });

  it.each(BY_ID)("[CONV-12] $method $name answers as about one that never was", async ({ method, endpoint }) => {
    const never = await told(await ask(method, endpoint, as(stranger, { id: crypto.randomUUID() })));
    expect(never).toContain("CONVERSATION_UNKNOWN");
    for (const [name, id] of Object.entries(theirs)) {
      // Named as its owner would, about a real member.
      const params = { id, account_id: member.id, link_id: crypto.randomUUID() };
      expect({ name, told: await told(await ask(method, endpoint, as(stranger, params))) }).toEqual({
        name,
        told: never,
      });
    }
    // Control: a member is answered something else, unless it is a row about rooms.
    const id = theirs["a group of others"] ?? "";
    const answer = await ask(
      method,
      endpoint,
      as(member, { id, account_id: stranger.id, link_id: crypto.randomUUID() }),
    );
    expect((await answer.text()).includes("CONVERSATION_UNKNOWN")).toBe(endpoint.path.includes("/rooms/"));
  });
});

describe("with what can be no id", () => {
  let owner: Person;
  const right: Record<string, string> = {};
  beforeAll(async () => {
    const [one, , other] = await three();
    owner = one;
    right["id"] = await room(owner);
    right["account_id"] = other.id;
    await (await connect(owner, right["id"])).say(right["id"], "one");
  });

  it.each(ABOUT_CONVERSATIONS)("[API-5] $method $name says what is unknown", async ({ method, endpoint }) => {
    for (const [, name = ""] of endpoint.path.matchAll(/:(\w+)/g)) {
      for (const wrong of ["0", "%00", "%2e%2e%2f", "'--", "-1", "1e3", "x".repeat(8_000), "%F0%9F%91%8B", "%ff"]) {
        const { status, code } = await failure(await ask(method, endpoint, as(owner, { ...right, [name]: wrong })));
        const expected = { status: 404, code: expect.stringMatching(/_UNKNOWN$|^LINK_INVALID$/) };
        expect({ name, wrong, status, code }).toEqual({ name, wrong, ...expected });
        expect(endpoint.errors).toContain(code);
      }
    }
  });
});

/** Rows that name an account, in the path or in the body, and the body that does. */
const NAMING: Record<string, (id: string) => object | undefined> = {
  createConversation: (id) => ({ participant_id: id }),
  addMembers: (id) => ({ account_ids: [id] }),
  changeMember: () => ({ role: "admin" }),
  removeMember: () => undefined,
};

describe("an account that is none for one", () => {
  let owner: Person;
  let groupId: string;
  const targets: Record<string, string> = {};
  beforeAll(async () => {
    const [one, friend, deleted] = await three();
    owner = one;
    groupId = await group(owner, friend);
    const [blocker, blocked] = [await signUp("blocker"), await signUp("blocked")];
    await befriend(owner, blocker, blocked);
    await block(blocker, owner);
    await block(owner, blocked);
    await deleteAccount(deleted);
    Object.assign(targets, { blocker: blocker.id, blocked: blocked.id, deleted: deleted.id });
  });

  it("[API-5] every row that names one is tried", () => {
    const named = SIGNED_IN.filter(({ endpoint: { path, body } }) => {
      const isNamed = JSON.stringify(body?.example ?? {}).includes("participant") || path.includes(":account_id");
      return isNamed || path.endsWith("/members");
    });
    const changing = named.filter(({ method }) => method !== "GET").map(({ name }) => name);
    expect(new Set(changing)).toEqual(new Set(Object.keys(NAMING)));
  });

  it.each(Object.keys(NAMING))("[BLOCK-1] %s answers as about nobody", async (name) => {
    const row = ROWS.find((entry) => entry.name === name);
    if (!row) throw new Error("There is no such row.");
    const { method, endpoint } = row;
    const answerAbout = async (id: string) => {
      const body = NAMING[name]?.(id);
      const sent = as(owner, { id: groupId, account_id: id }, body && { body: JSON.stringify(body) });
      return told(await ask(method, endpoint, sent));
    };
    const nobody = await answerAbout(crypto.randomUUID());
    expect(nobody).toMatch(/^40[34] .*"(NOT_FRIENDS|MEMBER_UNKNOWN)"/);
    for (const [target, id] of Object.entries(targets)) {
      expect({ target, told: await answerAbout(id) }).toEqual({ target, told: nobody });
      expect({ target, told: await answerAbout(id.toUpperCase()) }).toEqual({ target, told: nobody });
    }
    const members = await api("GET", `/conversations/${groupId}/members`, { token: owner.token });
    expect((await members.json<{ members: object[] }>()).members).toHaveLength(2);
  });
});

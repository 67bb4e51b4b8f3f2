/** Every request that changes something about a conversation, sent twice: one after the other, and both at once. */
import { describe, expect, it } from "vitest";
import type { PlatformEndpointName } from "../../../protocol/platform/endpoints.ts";
import { befriend, connect, group, room } from "./account-socket.ts";
import { membersOf, three } from "./members.ts";
import { api, type Person, signUp } from "./people.ts";
import { ask, ROWS, SIGNED_IN } from "./rows.ts";

interface Scene {
  caller: Person;
  params: Record<string, string>;
  body?: object;
}

/** What it is about: a group of three, the owner's message in it, a link, a room, and a friend who is not in the group. */
async function scene() {
  const [owner, admin, member] = await three();
  const friend = await signUp("friend");
  await befriend(owner, friend);
  const id = await group(owner, admin, member);
  await (await connect(owner, id)).say(id, "one");
  const made = await api("POST", `/conversations/${id}/links`, { token: owner.token, json: { max_uses: 1 } });
  const link = await made.json<{ id: string; token: string }>();
  const lobby = await room(owner);
  return { owner, admin, member, friend, id, link, lobby };
}
type Scenery = Awaited<ReturnType<typeof scene>>;

interface Case {
  make: (scenery: Scenery) => Scene;
  /** Of the first answer and of the second, and a code where the second is a failure. */
  answers: [first: number, second: number, code?: string];
}

const inGroup =
  (params: Record<string, string> = {}, body?: object) =>
  ({ owner, id }: Scenery): Scene => ({ caller: owner, params: { id, seq: "1", ...params }, ...(body && { body }) });

/** By row. What has an id of its own is the same once more; other things are done, and done again. */
const CASES: Partial<Record<PlatformEndpointName, Case>> = {
  createConversation: {
    make: ({ owner, friend }) => ({ caller: owner, params: {}, body: { participant_id: friend.id } }),
    answers: [201, 200],
  },
  changeConversation: { make: inGroup({}, { name: "Other", muted: true }), answers: [200, 200] },
  sendMessage: { make: inGroup({}, { content: "two", id: "m-2" }), answers: [201, 201] },
  editMessage: { make: inGroup({}, { content: "edited", id: "e-1" }), answers: [200, 200] },
  deleteMessage: { make: inGroup(), answers: [204, 204] },
  react: { make: inGroup({}, { emoji: "👋", id: "r-1" }), answers: [204, 204] },
  unreact: { make: inGroup(), answers: [204, 204] },
  markRead: { make: inGroup({}, { seq: 1 }), answers: [204, 204] },
  typing: { make: inGroup({}, { on: true }), answers: [204, 204] },
  addMembers: {
    make: ({ owner, id, friend }) => ({ caller: owner, params: { id }, body: { account_ids: [friend.id] } }),
    answers: [204, 204],
  },
  changeMember: {
    make: ({ owner, id, admin }) => ({ caller: owner, params: { id, account_id: admin.id }, body: { role: "admin" } }),
    answers: [204, 204],
  },
  removeMember: {
    make: ({ owner, id, member }) => ({ caller: owner, params: { id, account_id: member.id } }),
    answers: [204, 404, "MEMBER_UNKNOWN"],
  },
  createLink: { make: inGroup({}, {}), answers: [201, 201] },
  revokeLink: {
    make: ({ owner, id, link }) => ({ caller: owner, params: { id, link_id: link.id } }),
    answers: [204, 404, "LINK_UNKNOWN"],
  },
  // The link takes one person: the second time, they are in.
  joinByLink: { make: ({ friend, link }) => ({ caller: friend, params: { token: link.token } }), answers: [200, 200] },
  createRoom: { make: ({ owner }) => ({ caller: owner, params: {}, body: { name: "Lobby" } }), answers: [201, 201] },
  joinRoom: { make: ({ friend, lobby }) => ({ caller: friend, params: { id: lobby } }), answers: [200, 200] },
  leaveRoom: {
    make: ({ owner, lobby }) => ({ caller: owner, params: { id: lobby } }),
    answers: [204, 404, "CONVERSATION_UNKNOWN"],
  },
};

const CHANGING = SIGNED_IN.filter(
  ({ method, endpoint }) => method !== "GET" && /\/(conversations|rooms|links)\b/.test(endpoint.path),
);

function send(name: string, { caller, params, body }: Scene): Promise<Response> {
  const row = ROWS.find((entry) => entry.name === name);
  if (!row) throw new Error("There is no such row.");
  const authorization = `Bearer ${caller.token}`;
  return ask(row.method, row.endpoint, { params, authorization, ...(body && { body: JSON.stringify(body) }) });
}

async function outcome(answer: Response): Promise<string> {
  if (answer.ok) return String(answer.status);
  const { error } = await answer.json<{ error: { code: string } }>();
  return `${answer.status} ${error.code}`;
}

describe("the same request twice", () => {
  it("[API-5] every row that changes something about a conversation is tried", () => {
    expect(CHANGING.map(({ name }) => name).toSorted()).toEqual(Object.keys(CASES).toSorted());
  });

  it.each(Object.entries(CASES))("[API-5] %s, one after the other and at once", async (name, { make, answers }) => {
    const [first, second, code] = answers;
    const expected = [String(first), [second, code].filter(Boolean).join(" ")];
    const before = make(await scene());
    const one = await outcome(await send(name, before));
    expect([one, await outcome(await send(name, before))]).toEqual(expected);

    const scenery = await scene();
    const atOnce = make(scenery);
    const both = await Promise.all([send(name, atOnce), send(name, atOnce)]);
    // Whichever came first.
    expect((await Promise.all(both.map(outcome))).toSorted()).toEqual(expected.toSorted());
    const ids = (await membersOf(scenery.admin, scenery.id)).map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const page = await api("GET", `/conversations/${scenery.id}/messages`, { token: scenery.admin.token });
    const { messages } = await page.json<{ messages: object[] }>();
    expect(messages).toHaveLength(name === "sendMessage" ? 2 : 1);
  });
});

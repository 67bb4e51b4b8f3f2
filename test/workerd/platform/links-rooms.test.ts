/** Two ways in without a friend: links and rooms. */
import { runInDurableObject } from "cloudflare:test";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Link, NewLink, Participant } from "../../../protocol/platform/conversations.ts";
import { setLimits } from "../outage.ts";
import { failure } from "../pair.ts";
import { connect, conversationStub, evict, group, room } from "./account-socket.ts";
import { membersOf, rolesOf, three } from "./members.ts";
import { api, type Person, signUp, statusesOf } from "./people.ts";

afterEach(() => {
  vi.useRealTimers();
  setLimits({ LINKS_PER_CONVERSATION: 100 });
});

describe("links", () => {
  async function link(owner: Person, id: string, json: object = {}): Promise<NewLink> {
    const answer = await api("POST", `/conversations/${id}/links`, { token: owner.token, json });
    expect(answer.status).toBe(201);
    return answer.json();
  }

  function join(person: Person, token: string): Promise<Response> {
    return api("POST", `/links/${token}/join`, { token: person.token });
  }

  const INVALID = { status: 404, code: "LINK_INVALID" };

  it("[LINK-1] let strangers in, until they are revoked; the token is shown once and kept as a hash", async () => {
    const [owner] = await three();
    const [one, two] = [await signUp("one"), await signUp("two")];
    const id = await group(owner);
    const { token, ...made } = await link(owner, id);
    expect(token.length).toBeGreaterThanOrEqual(32 + 32);
    const joined = await join(one, token);
    expect(joined.status).toBe(200);
    expect(await joined.json()).toMatchObject({ id, role: "member", member_count: 2 });
    const list = await api("GET", `/conversations/${id}/links`, { token: owner.token });
    expect(await list.json()).toEqual({ links: [{ ...made, uses: 1 }], next_cursor: null });
    await runInDurableObject(conversationStub(id), (_, { storage }) => {
      const rows = JSON.stringify(storage.sql.exec("select * from links").toArray());
      expect(rows).not.toContain(token.slice(32));
    });
    const revoke = () => api("DELETE", `/conversations/${id}/links/${made.id}`, { token: owner.token });
    expect((await revoke()).status).toBe(204);
    expect(await failure(await revoke())).toEqual({ status: 404, code: "LINK_UNKNOWN" });
    expect(await failure(await join(two, token))).toEqual(INVALID);
  });

  it("[LINK-2] run out", async () => {
    const [owner, , member] = await three();
    const id = await group(owner);
    const { token } = await link(owner, id, { expires_in: 60 });
    vi.useFakeTimers({ now: Date.now() + 60_001, toFake: ["Date"] });
    expect(await failure(await join(member, token))).toEqual(INVALID);
    const list = await api("GET", `/conversations/${id}/links`, { token: owner.token });
    expect(await list.json<{ links: Link[] }>()).toMatchObject({ links: [] });
  });

  it("[LINK-3] take as many as they may, however many come at once; who is in already uses nothing up", async () => {
    const [owner] = await three();
    const id = await group(owner);
    const { token } = await link(owner, id, { max_uses: 2 });
    await join(owner, token);
    const people = await Promise.all(Array.from({ length: 5 }, () => signUp("guest")));
    const answers = await Promise.all(people.map((person) => join(person, token)));
    expect(statusesOf(answers)).toEqual([200, 200, 404, 404, 404]);
    expect(await membersOf(owner, id)).toHaveLength(3);
  });

  it("[LINK-4] what is none is refused alike", async () => {
    const [owner, , member] = await three();
    const id = await group(owner);
    const { token } = await link(owner, id);
    const other = crypto.randomUUID().replaceAll("-", "");
    for (const wrong of [
      "x",
      other,
      `${other}${token.slice(32)}`,
      `${token.slice(0, 32)}${"x".repeat(32)}`,
      `${token}x`,
    ]) {
      expect(await failure(await join(member, wrong))).toEqual(INVALID);
    }
    for (const json of [{ expires_in: 0 }, { expires_in: 1.5 }, { max_uses: 0 }, { expires_in: 1e9 }]) {
      const answer = await api("POST", `/conversations/${id}/links`, { token: owner.token, json });
      expect(await failure(answer)).toEqual({ status: 400, code: "BODY_INVALID" });
    }
    setLimits({ LINKS_PER_CONVERSATION: 1 });
    await evict(conversationStub(id));
    const more = await api("POST", `/conversations/${id}/links`, { token: owner.token, json: {} });
    expect(await failure(more)).toEqual({ status: 409, code: "TOO_MANY_LINKS" });
  });
});

describe("rooms", () => {
  it("[ROOM-1] are listed as soon as they are made, newest first, and open to everybody", async () => {
    const [owner, guest] = [await signUp("owner"), await signUp("guest")];
    const name = `Room ${crypto.randomUUID().slice(0, 8)}`;
    const ids = [await room(owner, name), await room(owner, name)];
    const list = async (query: string) => {
      const answer = await api("GET", `/rooms?${query}`, { token: guest.token });
      return answer.json<{ rooms: { id: string; name: string }[]; next_cursor: string }>();
    };
    /** Other files' tests make rooms at the same time. */
    const own = (rooms: { id: string; name: string }[]) => rooms.filter((entry) => ids.includes(entry.id));
    const { rooms } = await list("limit=100");
    expect(own(rooms).map((entry) => entry.id)).toEqual(ids.toReversed());
    const made = await api("GET", `/conversations/${ids[1]}`, { token: owner.token });
    const { created_at } = await made.json<{ created_at: number }>();
    expect(own(rooms)[0]).toEqual({ id: ids[1], name, created_at });
    const paged = [];
    for (let cursor = "", pages = 0; own(paged).length < 2 && pages < 100; pages += 1) {
      const page = await list(`limit=1${cursor}`);
      expect(page.rooms).toHaveLength(1);
      paged.push(...page.rooms);
      cursor = `&cursor=${page.next_cursor}`;
    }
    expect(own(paged).map((entry) => entry.id)).toEqual(ids.toReversed());
    expect(new Set(paged.map((entry) => entry.id)).size).toBe(paged.length);
    const renamed = await api("PATCH", `/conversations/${ids[1]}`, { token: owner.token, json: { name: "Renamed" } });
    expect(renamed.status).toBe(200);
    expect(own((await list("limit=100")).rooms)[0]).toMatchObject({ id: ids[1], name: "Renamed" });
    const [id = ""] = ids;
    const joined = await api("POST", `/rooms/${id}/join`, { token: guest.token });
    expect(joined.status).toBe(200);
    expect(await joined.json()).toMatchObject({ id, kind: "room", role: "member", member_count: 2 });
    expect((await api("POST", `/rooms/${id}/leave`, { token: guest.token })).status).toBe(204);
    const twice = await api("POST", `/rooms/${id}/leave`, { token: guest.token });
    expect(await failure(twice)).toEqual({ status: 404, code: "CONVERSATION_UNKNOWN" });
  });

  it("[ROOM-2] tell who is there at this moment", async () => {
    const [owner, guest] = [await signUp("owner"), await signUp("guest")];
    const id = await room(owner);
    const present = async () => {
      const answer = await api("GET", `/rooms/${id}/present`, { token: guest.token });
      return (await answer.json<{ members: Participant[] }>()).members.map((member) => member.id);
    };
    expect(await present()).toEqual([]);
    const device = await connect(owner, id);
    expect(await present()).toEqual([owner.id]);
    const g = await connect(guest);
    await api("POST", `/rooms/${id}/join`, { token: guest.token });
    expect((await present()).toSorted()).toEqual([owner.id, guest.id].toSorted());
    await device.say(id, "Hello everybody");
    expect(await g.frame({ type: "message", conversation_id: id })).toMatchObject({ body: "Hello everybody" });
    device.close();
    await expect.poll(present).toEqual([guest.id]);
  });

  it("[MEMB-7] a room that all have left is the next one's, and only theirs", async () => {
    const [owner, admin, member] = await three();
    const id = await room(owner);
    const join = (person: Person) => api("POST", `/rooms/${id}/join`, { token: person.token });
    await api("POST", `/rooms/${id}/leave`, { token: owner.token });
    expect(statusesOf(await Promise.all([join(admin), join(member)]))).toEqual([200, 200]);
    expect(Object.values(await rolesOf(member, id)).toSorted()).toEqual(["member", "owner"]);
    expect(await (await join(owner)).json()).toMatchObject({ role: "member" });
  });

  it("[ROOM-3] only rooms can be joined so, and a room goes on when all have left", async () => {
    const [owner, admin, member] = await three();
    const id = await group(owner, admin);
    for (const path of [`/rooms/${id}/join`, `/rooms/${crypto.randomUUID()}/join`, "/rooms/x/join"]) {
      const answer = await api("POST", path, { token: member.token });
      expect(await failure(answer)).toEqual({ status: 404, code: "CONVERSATION_UNKNOWN" });
    }
    const present = await api("GET", `/rooms/${id}/present`, { token: member.token });
    expect(await failure(present)).toEqual({ status: 404, code: "CONVERSATION_UNKNOWN" });
    const lobby = await room(owner);
    await api("POST", `/rooms/${lobby}/leave`, { token: owner.token });
    expect((await api("POST", `/rooms/${lobby}/join`, { token: member.token })).status).toBe(200);
  });
});

/** Two people change the same at once: whichever comes first, everybody is left with the same. */
import { describe, expect, it } from "vitest";
import type { Conversation } from "../../../protocol/platform/conversations.ts";
import { connect, group, room } from "./account-socket.ts";
import { add, membersOf, remove, rolesOf, setRole, three } from "./members.ts";
import { api, type Person, statusesOf } from "./people.ts";

const ROUNDS = 6;

/** Whether somebody is in a conversation; all who could tell must say the same. */
async function isIn(id: string, viewer: Person, person: Person): Promise<boolean> {
  const inRoster = (await membersOf(viewer, id)).some((member) => member.id === person.id);
  const answer = await api("GET", `/conversations/${id}`, { token: person.token });
  const list = await api("GET", "/conversations", { token: person.token });
  const { conversations } = await list.json<{ conversations: Conversation[] }>();
  const written = await api("POST", `/conversations/${id}/messages`, { token: person.token, json: { content: "x" } });
  const isListed = conversations.some((conversation) => conversation.id === id);
  expect({ reads: answer.status, isListed, writes: written.status }).toEqual(
    inRoster ? { reads: 200, isListed, writes: 201 } : { reads: 404, isListed, writes: 404 },
  );
  expect(isListed).toBe(inRoster);
  return inRoster;
}

describe("at once", () => {
  it("[MEMB-3] somebody is added and removed", async () => {
    const [owner, admin, member] = await three();
    const id = await group(owner, admin);
    await setRole(owner, id, admin, "admin");
    for (let round = 0; round < ROUNDS; round += 1) {
      const answers = await Promise.all([add(owner, id, member), remove(admin, id, member), add(owner, id, member)]);
      for (const { status } of answers) expect([204, 404]).toContain(status);
      await isIn(id, owner, member);
      expect((await membersOf(owner, id)).length).toBeLessThanOrEqual(3);
    }
    await add(owner, id, member);
    expect(await isIn(id, owner, member)).toBe(true);
  });

  it("[LINK-1] a link is revoked and used: who got in stays, and nobody gets in after", async () => {
    const [owner, , member] = await three();
    for (let round = 0; round < ROUNDS; round += 1) {
      const id = await group(owner);
      const made = await api("POST", `/conversations/${id}/links`, { token: owner.token, json: {} });
      const link = await made.json<{ id: string; token: string }>();
      const join = () => api("POST", `/links/${link.token}/join`, { token: member.token });
      const revoke = () => api("DELETE", `/conversations/${id}/links/${link.id}`, { token: owner.token });
      const [joined, revoked] = await Promise.all([join(), revoke()]);
      expect(revoked.status).toBe(204);
      expect([200, 404]).toContain(joined.status);
      expect(await isIn(id, owner, member)).toBe(joined.ok);
      await remove(member, id, "me");
      expect((await join()).status).toBe(404);
    }
  });

  it("[ROOM-1] somebody joins a room and leaves it", async () => {
    const [owner, , member] = await three();
    const id = await room(owner);
    for (let round = 0; round < ROUNDS; round += 1) {
      const act = (deed: string) => api("POST", `/rooms/${id}/${deed}`, { token: member.token });
      const answers = await Promise.all([act("join"), act("leave"), act("join"), act("leave")]);
      // A join may find itself outside again before it has looked at the room.
      for (const { status } of answers) expect([200, 204, 404]).toContain(status);
      await isIn(id, owner, member);
    }
    expect(Object.values(await rolesOf(owner, id)).filter((role) => role === "owner")).toHaveLength(1);
  });

  it("[MEMB-9] two rename a conversation: all see one of the names, the same", async () => {
    const [owner, admin, member] = await three();
    const id = await group(owner, admin, member);
    await setRole(owner, id, admin, "admin");
    const names = ["From the owner", "From the admin"];
    const rename = (person: Person, name = "") =>
      api("PATCH", `/conversations/${id}`, { token: person.token, json: { name } });
    const answers = await Promise.all([rename(owner, names[0]), rename(admin, names[1])]);
    expect(statusesOf(answers)).toEqual([200, 200]);
    const seen = await Promise.all(
      [owner, admin, member].map(async ({ token }) => {
        const answer = await api("GET", `/conversations/${id}`, { token });
        return (await answer.json<Conversation>()).name;
      }),
    );
    expect(new Set(seen).size).toBe(1);
    expect(names).toContain(seen[0]);
  });

  it("[CONV-10] a message is edited, deleted and reacted to over HTTP: all devices fold to what is read", async () => {
    const [owner, admin, member] = await three();
    const id = await group(owner, admin, member);
    const device = await connect(member, id);
    await (await connect(owner, id)).say(id, "original");
    const path = `/conversations/${id}/messages/1`;
    const answers = await Promise.all([
      api("PATCH", path, { token: owner.token, json: { content: "edited" } }),
      api("DELETE", path, { token: owner.token }),
      api("PATCH", path, { token: owner.token, json: { content: "edited again" } }),
      api("PUT", `${path}/reaction`, { token: admin.token, json: { emoji: "👋" } }),
      api("PATCH", path, { token: admin.token, json: { content: "not mine" } }),
    ]);
    const [, deleted] = answers;
    expect(deleted?.status).toBe(204);
    expect(answers.at(-1)?.status).toBeGreaterThanOrEqual(403);
    for (const { status } of answers) expect([200, 204, 403, 410]).toContain(status);
    const page = await api("GET", `/conversations/${id}/messages`, { token: member.token });
    const { messages, head } = await page.json<{ messages: { content: string; deleted_at: number }[]; head: number }>();
    expect(messages).toMatchObject([{ content: "", deleted_at: expect.any(Number) }]);
    // One of each that was taken, in one order, and nothing after the deletion.
    await device.until(() => device.frames.some((frame) => frame["seq"] === head));
    const changes = device.frames.filter((frame) => ["edited", "reaction", "deleted"].includes(frame.type));
    expect(changes.map((frame) => frame["seq"])).toEqual(changes.map((_, index) => index + 2));
    expect(changes.at(-1)?.type).toBe("deleted");
    expect(changes).toHaveLength(answers.filter(({ ok }) => ok).length);
  });
});

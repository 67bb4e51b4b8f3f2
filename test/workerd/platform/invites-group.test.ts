/** Invites to groups, over a group that is made up here. */
import { eq } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { invites } from "../../../drizzle/invites-schema.ts";
import { DuetError } from "../../../protocol/errors.ts";
import { joinGroup, mayInvite } from "../../../worker/platform/group-invites.ts";
import { failure } from "../pair.ts";
import { db } from "../stores.ts";
import { api, type Person, signUp, statusesOf } from "./people.ts";
import { accept, block, cancel, friendsOf, invitesOf, listen, reject, unblock, USER_UNKNOWN } from "./social.ts";

vi.mock("../../../worker/platform/group-invites.ts", () => ({ mayInvite: vi.fn(), joinGroup: vi.fn() }));

const CONVERSATION_UNKNOWN = { status: 404, code: "CONVERSATION_UNKNOWN" };
const INVITE_CLOSED = { status: 410, code: "INVITE_CLOSED" };

function ask({ token }: Person, { id }: Person, conversationId: string) {
  const json = { kind: "group", account_id: id, conversation_id: conversationId };
  return api("POST", "/invites", { token, json });
}

async function invite(from: Person, to: Person, conversationId: string): Promise<{ id: string }> {
  const answer = await ask(from, to, conversationId);
  expect(answer.status).toBe(201);
  return answer.json();
}

beforeEach(() => {
  vi.mocked(mayInvite).mockResolvedValue(undefined);
  vi.mocked(joinGroup).mockResolvedValue(undefined);
});
afterEach(() => {
  vi.mocked(mayInvite).mockReset();
  vi.mocked(joinGroup).mockReset();
});

describe("an invite to a group", () => {
  it("[INVITE-9] lets whoever accepts it in, and makes no friends", async () => {
    const [a, b, conversationId] = [await signUp(), await signUp(), crypto.randomUUID()];
    const { eventsOf } = listen();
    const sent = await invite(a, b, conversationId);
    expect(sent).toMatchObject({ kind: "group", conversation_id: conversationId, to: { id: b.id }, status: "pending" });
    expect(mayInvite).toHaveBeenCalledExactlyOnceWith(expect.anything(), conversationId, a.id, b.id);
    expect(joinGroup).not.toHaveBeenCalled();
    for (const _ of [1, 2]) expect(await (await accept(b, sent)).json()).toEqual({ ...sent, status: "accepted" });
    // The second time changes nothing: who was removed since, does not come back by it.
    const invited = expect.objectContaining({ fromId: a.id, createdAt: expect.any(Date) });
    expect(joinGroup).toHaveBeenCalledExactlyOnceWith(expect.anything(), conversationId, b.id, invited);
    expect(await friendsOf(b)).toEqual([]);
    const told = { type: "invite", invite: { ...sent, status: "accepted" } };
    for (const person of [a, b]) await expect.poll(() => eventsOf(person)).toContainEqual(told);
  });

  it("[INVITE-9] is sent by none but those who may, to none but those who are there", async () => {
    const [a, b] = [await signUp(), await signUp()];
    vi.mocked(mayInvite).mockRejectedValueOnce(new DuetError("CONVERSATION_UNKNOWN"));
    expect(await failure(await ask(a, b, crypto.randomUUID()))).toEqual(CONVERSATION_UNKNOWN);
    expect(await failure(await ask(a, a, crypto.randomUUID()))).toEqual({ status: 400, code: "NOT_YOURSELF" });
    await block(b, a);
    expect(await failure(await ask(a, b, crypto.randomUUID()))).toEqual(USER_UNKNOWN);
    expect(await failure(await ask(b, a, crypto.randomUUID()))).toEqual({ status: 409, code: "BLOCKED_BY_YOU" });
    expect(await invitesOf(a, "sent")).toEqual([]);
  });

  it("[INVITE-2] there is one for a person and a group, whoever sends it, also at once", async () => {
    const [a, b, c, group] = [await signUp(), await signUp(), await signUp(), crypto.randomUUID()];
    const answers = await Promise.all([ask(a, b, group), ask(c, b, group), ask(a, b, group), ask(c, b, group)]);
    expect(statusesOf(answers)).toEqual([200, 201, 409, 409]);
    expect(await invitesOf(b)).toHaveLength(1);
    expect((await ask(a, b, crypto.randomUUID())).status).toBe(201);
  });

  it("[INVITE-9] whose group is gone is closed", async () => {
    const [a, b] = [await signUp(), await signUp()];
    const sent = await invite(a, b, crypto.randomUUID());
    vi.mocked(joinGroup).mockRejectedValueOnce(new DuetError("INVITE_CLOSED"));
    const { eventsOf } = listen();
    for (const _ of [1, 2]) expect(await failure(await accept(b, sent))).toEqual(INVITE_CLOSED);
    expect(joinGroup).toHaveBeenCalledOnce();
    expect(await invitesOf(a, "sent")).toMatchObject([{ status: "cancelled" }]);
    const told = { type: "invite", invite: { ...sent, status: "cancelled" } };
    for (const person of [a, b]) await expect.poll(() => eventsOf(person)).toContainEqual(told);
  });

  it("[INVITE-9] can be accepted again when the group could not be reached, and by then nothing else", async () => {
    const [a, b] = [await signUp(), await signUp()];
    const sent = await invite(a, b, crypto.randomUUID());
    vi.mocked(joinGroup).mockRejectedValueOnce(new DuetError("UNAVAILABLE"));
    expect(await failure(await accept(b, sent))).toEqual({ status: 503, code: "UNAVAILABLE" });
    expect(await failure(await cancel(a, sent))).toEqual(INVITE_CLOSED);
    expect(await failure(await reject(b, sent))).toEqual(INVITE_CLOSED);
    expect((await accept(b, sent)).status).toBe(200);
    expect(joinGroup).toHaveBeenCalledTimes(2);
    const [row] = await db.select().from(invites).where(eq(invites.id, sent.id));
    expect(row).toMatchObject({ status: "accepted", slot: null });
  });

  it("[BLOCK-2] ends with a block, and does not come back with its end", async () => {
    const [a, b] = [await signUp(), await signUp()];
    const sent = await invite(a, b, crypto.randomUUID());
    await block(b, a);
    await unblock(b, a);
    expect(await failure(await accept(b, sent))).toEqual(INVITE_CLOSED);
    expect(joinGroup).not.toHaveBeenCalled();
  });
});

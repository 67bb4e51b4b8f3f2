/** Invites by email: whether the address has an account, their sender must not learn. */
import { eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { invites } from "../../../drizzle/invites-schema.ts";
import type { Invite } from "../../../protocol/platform/invites.ts";
import { stopClock } from "../outage.ts";
import { failure } from "../pair.ts";
import { db } from "../stores.ts";
import { api, freshUsername, mailsTo, type Person, signUp, statusesOf, verifyEmail } from "./people.ts";
import {
  accept,
  askToBeFriends,
  befriend,
  block,
  cancel,
  deleteAccount,
  friendsOf,
  invite,
  invitesOf,
  listen,
  reject,
} from "./social.ts";

function ask({ token }: Person, email: string) {
  return api("POST", "/invites", { token, json: { kind: "email", email } });
}

async function invitationsTo(email: string) {
  return (await mailsTo(email)).filter(({ subject }) => subject.includes("invites you"));
}

/** An answer without what differs between any two invites. */
function shape(sent: Invite) {
  return { ...sent, id: "", email: "", created_at: 0, expires_at: 0 };
}

/** Somebody whose address is verified. */
async function verified(): Promise<Person> {
  const person = await signUp();
  await verifyEmail(person);
  return person;
}

describe("an invite by email", () => {
  it("[INVITE-5] goes out as a mail, with the sender's username and nothing else of theirs", async () => {
    const sender = await signUp();
    const email = `${freshUsername()}@test.com`;
    await api("PATCH", "/users/me", { token: sender.token, json: { display_name: "Buy now" } });
    const sent = await invite(sender, email.toUpperCase());
    expect(sent).toMatchObject({ kind: "email", to: null, email: email.toUpperCase(), status: "pending" });
    await expect.poll(() => invitationsTo(email.toUpperCase())).toHaveLength(1);
    const [mail] = await invitationsTo(email.toUpperCase());
    expect(mail?.text).toContain(`@${sender.username}`);
    for (const word of ["Buy", sender.email, sender.id, sent.id]) expect(JSON.stringify(mail)).not.toContain(word);
    // The same mailbox, and the same invite.
    const again = await ask(sender, email);
    expect(again.status).toBe(200);
    expect(await again.json()).toEqual(sent);
    expect(statusesOf(await Promise.all([ask(sender, email), ask(sender, email)]))).toEqual([200, 200]);
    expect(await invitesOf(sender, "sent")).toEqual([sent]);
  });

  /** They find the invite, accept it, and only now its sender sees who they are. */
  async function expectAccepted(sender: Person, person: Person, sent: Invite): Promise<void> {
    const self = { id: person.id, username: person.username, display_name: person.username };
    expect(sent.to).toBeNull();
    expect(await invitesOf(person)).toEqual([{ ...sent, email: null, to: self }]);
    expect((await accept(person, sent)).status).toBe(200);
    expect((await invitesOf(sender, "sent"))[0]).toEqual({ ...sent, to: self, status: "accepted" });
    expect(await friendsOf(person)).toEqual([sender.id]);
  }

  it("[INVITE-6] is accepted by whoever has verified the address, and they are told", async () => {
    const [sender, person] = [await signUp(), await verified()];
    const { eventsOf } = listen();
    const sent = await invite(sender, person.email);
    await expect.poll(() => eventsOf(person)).toMatchObject([{ type: "invite", invite: { id: sent.id } }]);
    await expectAccepted(sender, person, sent);
  });

  it("[INVITE-6] is accepted by whoever verifies the address later; who only claims it has nothing of it", async () => {
    const [sender, person] = [await signUp(), await signUp()];
    const sent = await invite(sender, person.email);
    expect(await invitesOf(person)).toEqual([]);
    expect(await failure(await accept(person, sent))).toEqual({ status: 404, code: "INVITE_UNKNOWN" });
    await verifyEmail(person);
    await expectAccepted(sender, person, sent);
  });

  it("[INVITE-6] is nobody else's, also when the address is verified at that moment", async () => {
    const sender = await signUp();
    for (let round = 0; round < 4; round += 1) {
      const person = await signUp();
      const requests = [() => invite(sender, person.email), () => verifyEmail(person)];
      if (round % 2 === 1) requests.reverse();
      await Promise.all(requests.map((request) => request()));
      expect(await invitesOf(person)).toMatchObject([{ from: { id: sender.id }, status: "pending" }]);
    }
    const stranger = await verified();
    for (const { id } of await invitesOf(sender, "sent")) {
      expect(await failure(await accept(stranger, { id }))).toEqual({ status: 404, code: "INVITE_UNKNOWN" });
    }
  });

  it("[INVITE-11] to one's own address is refused once it is verified, however it is written", async () => {
    const person = await signUp();
    // Only claimed: it may be somebody else's.
    expect((await ask(person, person.email)).status).toBe(201);
    await verifyEmail(person);
    for (const email of [person.email, person.email.toUpperCase()]) {
      expect(await failure(await ask(person, email))).toEqual({ status: 400, code: "NOT_YOURSELF" });
    }
    expect(await invitesOf(person, "sent")).toHaveLength(1);
  });

  it("[INVITE-7] looks the same to its sender, whether the address has an account, and whatever its owner does", async () => {
    const sender = await signUp();
    const owners: Record<string, (person: Person, sent: Invite) => Promise<unknown>> = {
      "does nothing": () => Promise.resolve(),
      rejects: reject,
      blocks: (person) => block(person, sender),
      "deletes the account": deleteAccount,
      "rejects and deletes": async (person, sent) => [await reject(person, sent), await deleteAccount(person)],
    };
    const { eventsOf } = listen();
    const nobody = await invite(sender, `${freshUsername()}@test.com`);
    const told: unknown[] = [{ type: "invite", invite: nobody }];
    for (const [name, act] of Object.entries(owners)) {
      const person = await verified();
      const sent = await invite(sender, person.email);
      told.push({ type: "invite", invite: sent });
      await expect.poll(() => eventsOf(sender)).toEqual(told);
      await act(person, sent);
      expect({ name, ...shape(sent) }).toEqual({ name, ...shape(nobody) });
      expect((await invitesOf(sender, "sent"))[0]).toEqual(sent);
      const again = await ask(sender, person.email);
      expect({ name, status: again.status, body: await again.json() }).toEqual({ name, status: 200, body: sent });
      expect(eventsOf(sender)).toEqual(told);
      // It expires, and makes room, like any other.
      await db
        .update(invites)
        .set({ expiresAt: new Date(1) })
        .where(eq(invites.id, sent.id));
      expect((await invitesOf(sender, "sent"))[0]).toMatchObject({ id: sent.id, status: "expired" });
      const next = await ask(sender, person.email);
      expect(next.status).toBe(201);
      told.push({ type: "invite", invite: await next.json() });
      expect((await invitesOf(sender, "sent"))[1]).toMatchObject({ id: sent.id, status: "expired", to: null });
    }
  });

  it("[INVITE-7] whose owner blocked the sender, or was blocked, never reaches them, and no mail goes", async () => {
    const [sender, blocker, blocked] = [await signUp(), await verified(), await verified()];
    await block(blocker, sender);
    await block(sender, blocked);
    for (const person of [blocker, blocked]) {
      const sent = await ask(sender, person.email);
      expect(sent.status).toBe(201);
      expect(await invitesOf(person)).toEqual([]);
    }
    await expect.poll(() => invitationsTo(blocked.email)).toHaveLength(1);
    expect(await invitationsTo(blocker.email)).toEqual([]);
    const late = await signUp();
    await block(late, sender);
    await ask(sender, late.email);
    await verifyEmail(late);
    expect(await invitesOf(late)).toEqual([]);
  });

  it("[INVITE-7] can be taken back by its sender, also when it was rejected, and not accepted then", async () => {
    const [sender, person] = [await signUp(), await verified()];
    const first = await invite(sender, person.email);
    await reject(person, first);
    expect((await cancel(sender, first)).status).toBe(204);
    const second = await invite(sender, person.email);
    expect((await cancel(sender, second)).status).toBe(204);
    for (const sent of [first, second]) {
      expect(await failure(await accept(person, sent))).toEqual({ status: 410, code: "INVITE_CLOSED" });
    }
    expect(await friendsOf(person)).toEqual([]);
  });

  it("[INVITE-3] crosses an invite to be friends; nothing of it stays open", async () => {
    const [a, b] = [await verified(), await signUp()];
    await invite(b, a.email);
    const crossing = await askToBeFriends(a, b);
    expect(crossing.status).toBe(200);
    expect(await crossing.json()).toMatchObject({ kind: "email", status: "accepted", from: { id: b.id } });
    expect(await friendsOf(a)).toEqual([b.id]);
    const [c, d] = [await verified(), await signUp()];
    await invite(d, c.email);
    // The other way round: the address is not looked into.
    const friendly = await askToBeFriends(d, c);
    expect(friendly.status).toBe(201);
    await accept(c, { id: (await friendly.json<{ id: string }>()).id });
    expect(await invitesOf(c)).toMatchObject([{ status: "accepted" }, { status: "accepted" }]);
  });

  it("[FRIEND-2] what was sent to a friend's address makes no friends again after the end", async () => {
    const [a, b] = [await signUp(), await verified()];
    await befriend(a, b);
    const sent = await invite(a, b.email);
    expect((await api("DELETE", `/friends/${b.id}`, { token: a.token })).status).toBe(204);
    expect(await failure(await accept(b, sent))).toEqual({ status: 410, code: "INVITE_CLOSED" });
    expect(await friendsOf(a)).toEqual([]);
    expect((await invitesOf(a, "sent"))[0]).toEqual(sent);
  });

  it("[INVITE-5] five mails an hour go to an address; further invites are there all the same", async () => {
    stopClock();
    const person = await verified();
    for (let count = 0; count < 7; count += 1) await invite(await signUp(), person.email);
    expect(await invitesOf(person)).toHaveLength(7);
    await expect.poll(() => invitationsTo(person.email)).toHaveLength(5);
  });
});

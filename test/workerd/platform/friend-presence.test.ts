/** Friends are told who comes and goes. */
import { runInDurableObject } from "cloudflare:test";
import { afterEach, expect, it, vi } from "vitest";
import { untilStoresAreTrusted } from "../outage.ts";
import { breakStore } from "../stores.ts";
import { connect, type Device, evict, friends, inboxStub } from "./account-socket.ts";
import { api, type Person, signIn, signUp } from "./people.ts";

afterEach(() => {
  vi.useRealTimers();
});

/** Waits until somebody's last device is known to have left. */
async function leave(person: Person, device: Device): Promise<void> {
  device.close();
  await expect.poll(() => inboxStub(person.id).presence()).toMatchObject({ online: false });
}

/** Lets the alarm of somebody's Inbox go off so many milliseconds from now. */
async function after(ms: number, { id }: Person): Promise<void> {
  vi.useFakeTimers({ now: Date.now() + ms, toFake: ["Date"] });
  await runInDurableObject(inboxStub(id), (inbox) => inbox.alarm());
  vi.useRealTimers();
}

async function pair(): Promise<[Person, Person]> {
  const [alice, bob] = await friends("alice", "bob");
  if (!alice || !bob) throw new Error("Two were asked for.");
  return [alice, bob];
}

const PRESENCE = { type: "friend_presence" };

it("[FRIEND-3] the first device that comes and the last that leaves are told to friends who are there, and to nobody else", async () => {
  const [alice, bob] = await pair();
  const stranger = await connect(await signUp("stranger"));
  const a = await connect(alice);
  const b = await connect(bob);
  await a.frame(PRESENCE);
  const phone = await connect(await signIn(bob));
  b.close();
  await after(6_000, bob);
  await evict(inboxStub(bob.id));
  await leave(bob, phone);
  const { last_seen } = await inboxStub(bob.id).presence();
  await after(6_000, bob);
  await a.until(() => a.all(PRESENCE)[1]);
  const told = { type: "friend_presence", account_id: bob.id };
  expect(a.all(PRESENCE)).toEqual([
    { ...told, online: true, last_seen: null },
    { ...told, online: false, last_seen },
  ]);
  expect(last_seen).toEqual(expect.any(Number));
  expect(stranger.all(PRESENCE)).toEqual([]);
});

it("[FRIEND-3] a device that is back within 5 s has never left", async () => {
  const [alice, bob] = await pair();
  const a = await connect(alice);
  const b = await connect(bob);
  await a.frame(PRESENCE);
  await leave(bob, b);
  const at = await runInDurableObject(inboxStub(bob.id), (_, { storage }) => storage.getAlarm());
  expect((at ?? Infinity) - Date.now()).toBeLessThanOrEqual(5_000);
  await runInDurableObject(inboxStub(bob.id), (inbox) => inbox.alarm());
  await connect(bob);
  await after(6_000, bob);
  // What would be told of it would come before what is told of an end of the friendship.
  expect((await api("DELETE", `/friends/${bob.id}`, { token: alice.token })).status).toBe(204);
  await a.frame({ type: "friend" });
  expect(a.all(PRESENCE)).toHaveLength(1);
});

it("[FRIEND-3] who is a friend no more is told nothing more", async () => {
  const [alice, bob] = await pair();
  const a = await connect(alice);
  const b = await connect(bob);
  await a.frame(PRESENCE);
  await api("PUT", `/users/${alice.id}/block`, { token: bob.token });
  await leave(bob, b);
  await after(6_000, bob);
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(a.all(PRESENCE)).toHaveLength(1);
});

it("[FRIEND-3] while Postgres is out nobody is told, and devices come and go as ever", async () => {
  const [alice, bob] = await pair();
  const a = await connect(alice);
  const repair = breakStore("postgres");
  const b = await connect(bob);
  await leave(bob, b);
  await after(6_000, bob);
  expect(a.all(PRESENCE)).toEqual([]);
  repair();
  await untilStoresAreTrusted();
  await connect(bob);
  expect(await a.frame(PRESENCE)).toMatchObject({ account_id: bob.id, online: true });
});

/**
 * Accounts with several devices each, in direct conversations, groups and rooms, act at random while lines are cut and
 * the Worker is killed; then all is healed, and every device, every object and Postgres must agree.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Stack } from "../../dev/stack.ts";
import { ACCOUNT_ACTIONS, actInWorld } from "./account-actions.ts";
import { findAccountDifference } from "./account-checker.ts";
import { AccountWorld } from "./account-world.ts";
import { definitely } from "./definitely.ts";
import type { Device } from "./device.ts";
import type { Individual } from "./individual.ts";
import { pickNumber, seededRandom } from "./random.ts";

const SIZE = { accounts: 20, devices: 3, groups: 5, rooms: 2 };
/** Between two actions, at the most. */
const PAUSE_MS = 16;
const POLL_MS = 300;

export interface Played {
  /** In one line; undefined for none. */
  difference: string | undefined;
  actions: Record<string, number>;
  /** Of the Worker. */
  kills: number;
  conversations: number;
  /** In the logs, changes of messages included. */
  events: number;
  /** By devices, repetitions after a reconnect included. */
  heard: number;
  removals: number;
}

/**
 * @param directory - of the stack, whose Worker runs on plain workerd
 * @param steps - actions
 * @param settleMs - until all must agree after everything was healed
 */
export async function playScenario(
  stack: Stack,
  directory: string,
  { seed, steps, settleMs }: { seed: number; steps: number; settleMs: number },
): Promise<Played> {
  const random = seededRandom(seed);
  const world = await AccountWorld.start(stack, directory, random, SIZE);
  try {
    const actions = Object.fromEntries(ACCOUNT_ACTIONS.map((name) => [name, 0]));
    const undoes: { step: number; undo: () => void }[] = [];
    let kills = 0;
    let restart: Promise<void> | undefined;
    function killWorker(): void {
      if (restart) return;
      kills += 1;
      restart = stack.worker
        .kill()
        .then(() => stack.worker.start())
        .finally(() => {
          restart = undefined;
        });
    }
    for (let step = 0; step < steps; step += 1) {
      // Once at least: in one run of three hundred, chance would leave it out.
      if (step === Math.floor(steps / 2)) killWorker();
      const later = (after: number, undo: () => void) => undoes.push({ step: step + after, undo });
      const name = actInWorld({ random, world, later, killWorker });
      actions[name] = (actions[name] ?? 0) + 1;
      for (const due of undoes.filter((one) => one.step <= step)) {
        due.undo();
        undoes.splice(undoes.indexOf(due), 1);
      }
      await sleep(pickNumber(random, PAUSE_MS));
    }
    await restart;
    for (const { line } of world.devices) line.heal();
    await world.settled();
    const difference = await untilAgreed(world, settleMs);
    return { difference, actions, kills, ...(await sumUp(world)) };
  } finally {
    world.stop();
  }
}

/** @returns what differs in the end */
async function untilAgreed(world: AccountWorld, settleMs: number): Promise<string | undefined> {
  const deadline = performance.now() + settleMs;
  for (;;) {
    const difference = await findDifferenceInWorld(world);
    if (difference === undefined || performance.now() > deadline) return difference;
    await sleep(POLL_MS);
  }
}

async function findDifferenceInWorld(world: AccountWorld): Promise<string | undefined> {
  for (const person of world.people) {
    for (const device of person.devices) {
      const unsettled = unsettledOn(
        device,
        world.talksOf(person).map(({ id }) => id),
      );
      if (unsettled !== undefined) return `${device.name}: ${unsettled}`;
    }
    const listed = await differingLists(world, person);
    if (listed !== undefined) return `${person.username}: ${listed}`;
  }
  for (const talk of world.talks) {
    const difference = findAccountDifference(await world.gather(talk));
    if (difference !== undefined) return difference;
  }
  return undefined;
}

/** What a device has yet to do in the conversations of its account. Messages that were refused are thrown away. */
function unsettledOn(device: Device, ids: readonly string[]): string | undefined {
  for (const id of ids) {
    const conversation = device.conversation(id);
    const { status, messages } = conversation.getView();
    if (status !== "live") return `is ${status} in ${id}`;
    for (const { id: message, state } of messages) if (state === "failed") conversation.discard(message);
    const unsent = messages.filter(({ seq }) => seq === undefined);
    if (unsent.length > 0) return `${unsent.length} unsent in ${id}`;
  }
  return undefined;
}

/** The list of conversations, as the server answers it and as each device keeps it up to date. */
async function differingLists(world: AccountWorld, person: Individual): Promise<string | undefined> {
  const talks = world.talksOf(person);
  const { conversations } = await definitely(() => person.account.api.conversations({ limit: 100 }));
  for (const talk of talks) {
    const listed = conversations.find(({ id }) => id === talk.id);
    if (!listed) return `${talk.kind} ${talk.id} is not listed`;
    const { name, role, muted } = listed;
    const expected = { name: talk.name, role: talk.roles.get(person), muted: talk.muted.get(person) ?? false };
    if (JSON.stringify({ name, role, muted }) !== JSON.stringify(expected))
      return `${talk.kind} ${talk.id} is listed as ${JSON.stringify({ name, role, muted })}, not ${JSON.stringify(expected)}`;
  }
  for (const device of person.devices) {
    const shown = device.account.list.getView().conversations;
    for (const { id, head, name, unread_count: unread } of conversations) {
      const same = shown.find((one) => one.id === id);
      const [is, should] = [same && [same.head, same.name, same.unread_count], [head, name, unread]].map(String);
      if (is !== should) return `${device.name} lists ${id} as ${is}, the server as ${should}`;
    }
    const gone = shown.find(({ id }) => !conversations.some((one) => one.id === id));
    if (gone) return `${device.name} lists ${gone.id}, the server does not`;
  }
  return undefined;
}

async function sumUp(world: AccountWorld) {
  const logs = await Promise.all(world.talks.map(async (talk) => (await world.gather(talk)).log.length));
  const heard = world.devices.map((device) =>
    world.talks.reduce((sum, { id }) => sum + device.share(id).heard.length, 0),
  );
  return {
    conversations: world.talks.length,
    events: logs.reduce((sum, length) => sum + length, 0),
    heard: heard.reduce((sum, count) => sum + count, 0),
    removals: world.talks.reduce((sum, { absences }) => sum + absences.length, 0),
  };
}

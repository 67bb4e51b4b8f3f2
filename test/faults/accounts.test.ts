/** What Duet promises about delivery, over a conversation between accounts: real processes, bare WebSockets. */
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it, onTestFinished } from "vitest";
import { type Account, createAccount, memoryTokens } from "../../client/account/index.ts";
import { AccountClient } from "./account-client.ts";
import { definitely } from "./definitely.ts";
import { useGround } from "./ground.ts";
import { enter } from "./individual.ts";
import { chooseSeed, pick, pickNumber, seededRandom } from "./random.ts";

const random = seededRandom(chooseSeed("accounts"));
const ground = useGround();

/** Somebody new, and the token for a socket of their own. */
async function signUp(): Promise<{ account: Account; token: string }> {
  const tokens = memoryTokens();
  const account = createAccount({ baseUrl: ground.stack.url, tokens });
  await enter(account);
  return { account, token: (await tokens.load())?.accessToken ?? "" };
}

/** Three people in a room, the first with two devices. */
async function startRoom() {
  const people = [await signUp(), await signUp(), await signUp()] as const;
  const { id } = await definitely(() => people[0].account.api.createRoom({ name: "Lobby" }));
  for (const { account } of people) await definitely(() => account.api.joinRoom({ id }));
  const devices = [people[0], ...people].map(({ token }) => new AccountClient(ground.stack.url, token, id));
  onTestFinished(() => {
    for (const device of devices) device.close();
  });
  return { id, people, devices };
}

/** Ids of all messages, oldest first, as pages have them. */
async function history(id: string, { api }: Account): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | null | undefined;
  while (cursor !== null) {
    const query = { limit: 100, ...(cursor !== undefined && { cursor }) };
    const page = await definitely(() => api.conversationMessages({ id }, query));
    ids.push(...page.messages.map((message) => message.id));
    cursor = page.next_cursor;
  }
  return ids.toReversed();
}

it("[D1] [D2] SIGKILL 0 to 50 ms after a send, 100 messages in a room: what was acknowledged is there, once, for all", async () => {
  const { id, people, devices } = await startRoom();
  let sent = 0;
  while (sent < 100) {
    const killed = sleep(pickNumber(random, 50)).then(() => ground.stack.worker.kill());
    for (let burst = 0; burst < 5; burst += 1) {
      pick(random, devices).send(`message ${(sent += 1)}`);
      await sleep(pickNumber(random, 15));
    }
    await killed;
    await ground.stack.worker.start();
    await Promise.all(devices.map((device) => device.untilStored(sent)));
  }
  const [first, ...others] = devices.map((device) => device.log);
  for (const other of others) expect(other).toEqual(first);
  expect(new Set(first).size).toBe(100);
  expect(await history(id, people[2].account)).toEqual(first);
  for (const { acked } of devices) expect(first).toEqual(expect.arrayContaining([...acked]));
});

it("[D5] [D6] everybody writes at once while lines are cut: one order, no gap, nothing twice", async () => {
  const { id, people, devices } = await startRoom();
  const total = 400;
  for (let sent = 0; sent < total; sent += 1) {
    pick(random, devices).send(`message ${sent}`);
    if (sent % 20 === 0) pick(random, devices).cut();
    await sleep(pickNumber(random, 5));
  }
  await Promise.all(devices.map((device) => device.untilStored(total)));
  const [first, ...others] = devices.map((device) => device.log);
  for (const other of others) expect(other).toEqual(first);
  expect(first).toHaveLength(total);
  expect(await history(id, people[1].account)).toEqual(first);
});

/** What Duet promises about delivery, over a conversation between accounts: real processes, bare WebSockets. */
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it, onTestFinished } from "vitest";
import { AccountClient } from "./account-client.ts";
import { useGround } from "./ground.ts";
import { chooseSeed, pick, pickNumber, seededRandom } from "./random.ts";

const random = seededRandom(chooseSeed("accounts"));
const ground = useGround();

async function call<T>(path: string, token: string | undefined, json?: unknown): Promise<T> {
  const response = await fetch(new URL(`/chat-server/api/v1${path}`, ground.stack.url), {
    method: json === undefined ? "GET" : "POST",
    headers: { "Content-Type": "application/json", ...(token && { Authorization: `Bearer ${token}` }) },
    ...(json !== undefined && { body: JSON.stringify(json) }),
  });
  if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
  return response.json();
}

async function signUp(): Promise<string> {
  const username = `u_${crypto.randomUUID().slice(0, 8)}`;
  const json = { username, email: `${username}@test.com`, password: "12345678" };
  const { tokens } = await call<{ tokens: { access_token: string } }>("/auth/register", undefined, json);
  return tokens.access_token;
}

/** Three people in a room, the first with two devices. */
async function startRoom() {
  const tokens = [await signUp(), await signUp(), await signUp()] as const;
  const { id } = await call<{ id: string }>("/rooms", tokens[0], { name: "Lobby" });
  for (const token of tokens) await call(`/rooms/${id}/join`, token, {});
  const devices = [tokens[0], ...tokens].map((token) => new AccountClient(ground.stack.url, token, id));
  onTestFinished(() => {
    for (const device of devices) device.close();
  });
  return { id, tokens, devices };
}

/** Ids of all messages, oldest first, as pages have them. */
async function history(id: string, token: string): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | null = "";
  while (cursor !== null) {
    const query: string = cursor && `&cursor=${cursor}`;
    const page: { messages: { id: string }[]; next_cursor: string | null } = await call(
      `/conversations/${id}/messages?limit=100${query}`,
      token,
    );
    ids.push(...page.messages.map((message) => message.id));
    cursor = page.next_cursor;
  }
  return ids.toReversed();
}

it("[D1] [D2] SIGKILL 0 to 50 ms after a send, 100 messages in a room: what was acknowledged is there, once, for all", async () => {
  const { id, tokens, devices } = await startRoom();
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
  expect(await history(id, tokens[2])).toEqual(first);
  for (const { acked } of devices) expect(first).toEqual(expect.arrayContaining([...acked]));
});

it("[D5] [D6] everybody writes at once while lines are cut: one order, no gap, nothing twice", async () => {
  const { id, tokens, devices } = await startRoom();
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
  expect(await history(id, tokens[1])).toEqual(first);
});

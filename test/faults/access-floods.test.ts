/** Floods against the deployed bundle on the bare runtime (guarantee S11): limited, nobody else affected, memory flat. */
import { readdir, readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { join, type Person, startChat } from "../e2e/two-people.ts";
import { createDuet } from "../../client/index.ts";
import { type Stack, startStack } from "../../dev/stack.ts";
import { parseLimits } from "../../protocol/limits.ts";

const FRAMES = 10_000;
const LOGINS = 1_000;
/** What a run may leave behind after the same run before it has warmed everything up. */
const GROWTH_MAX_MIB = 48;

let stack: Stack;
const people: Person[] = [];

beforeAll(async () => {
  // On a machine that is busy with floods, Redis may take its time: here limits are to answer.
  const vars = { REGISTRATIONS_PER_MINUTE: "1000", STORE_TIMEOUT_MS: "60000" };
  stack = await startStack({ runtime: "workerd", vars });
});

afterAll(async () => {
  for (const { conversation } of people) conversation.close();
  await stack.stop();
});

async function chat() {
  const started = await startChat(stack.url);
  people.push(started.abhi, started.anny);
  return started;
}

/** Resident memory of the Worker's process, in MiB; undefined where there is no /proc. */
async function memory(): Promise<number | undefined> {
  const { port } = new URL(stack.url);
  const found: number[] = [];
  for (const pid of await readdir("/proc").catch(() => [])) {
    const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
    if (!command.includes(`127.0.0.1:${port}`)) continue;
    const [, kib = ""] = /VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${pid}/status`, "utf8")) ?? [];
    found.push(Number(kib) / 1_024);
  }
  // The process that starts and leashes it has the same command line, and is smaller.
  return found.length === 0 ? undefined : Math.max(...found);
}

/** Signs in without the SDK. @returns the cookie */
async function cookieFor(hash: string, userName: string): Promise<string> {
  const answer = await post(`/user/${userName}/login`, { userName, hash });
  const [cookie = ""] = answer.headers.getSetCookie();
  return cookie.split(";")[0] ?? "";
}

function post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${stack.url}/chat-server${path}`, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
}

/** Opens a socket and sends `texts` without waiting for anything. @returns why it was closed */
async function blast(hash: string, cookie: string, texts: readonly string[]): Promise<string> {
  const url = `${stack.url.replace("http", "ws")}/chat-server/user/${hash}/ws`;
  const socket: WebSocket = Reflect.construct(WebSocket, [url, { headers: { Cookie: cookie } }]);
  const closed = new Promise<string>((resolve) => {
    socket.addEventListener("close", ({ code, reason }) => resolve(`${code} ${reason}`));
  });
  const opened = await new Promise<boolean>((resolve) => {
    socket.addEventListener("open", () => resolve(true));
    socket.addEventListener("error", () => resolve(false));
  });
  if (!opened) return "refused";
  for (const text of [JSON.stringify({ type: "hello", v: 1 }), ...texts]) socket.send(text);
  const reason = await Promise.race([closed, sleep(60_000).then(() => "still open")]);
  socket.close();
  return reason;
}

/** Sends as long as `work` takes. @returns the longest that the other person had to wait, in milliseconds */
async function longestWait(from: Person, to: Person, work: Promise<unknown>): Promise<number> {
  const over = work.then(() => "over" as const);
  let longest = 0;
  do {
    const body = `meanwhile ${crypto.randomUUID()}`;
    const started = Date.now();
    from.conversation.send(body);
    await to.until(({ messages }) => messages.some((message) => message.body === body), 60_000);
    longest = Math.max(longest, Date.now() - started);
  } while ((await Promise.race([over, sleep(60)])) !== "over");
  return longest;
}

/** @returns how long others may have to wait during a flood: 2 s, and more where it takes long without one */
async function patience({ abhi, anny }: { abhi: Person; anny: Person }): Promise<number> {
  return Math.max(2_000, 10 * (await longestWait(abhi, anny, sleep(1_000))));
}

/** Runs a flood twice: the first run warms up, and the second must leave no more memory in use than a little. */
async function expectFlatMemory(flood: () => Promise<unknown>): Promise<void> {
  await flood();
  const before = await memory();
  await flood();
  if (before === undefined) return console.log("S11: no /proc here, so memory was not looked at");
  // What is no longer used is given back some time later.
  await expect.poll(memory).toBeLessThan(before + GROWTH_MAX_MIB);
  console.log(`S11: memory ${before.toFixed(0)} → ${(await memory())?.toFixed(0)} MiB`);
}

it(`[S11] ${FRAMES} frames from one person end in TOO_FAST, while others chat on, in that chat and elsewhere`, async () => {
  const { hash, anny } = await chat();
  const bystanders = await chat();
  const cookie = await cookieFor(hash, "Abhi");
  const texts = Array.from({ length: FRAMES / 2 }, (_, index) =>
    JSON.stringify({ type: "send", id: `flood-${index}`, body: "x".repeat(200) }),
  );
  const annysOther = await join(stack.url, hash, "Anny");
  people.push(annysOther);
  const patienceMs = await patience(bystanders);
  const reasons: string[] = [];
  const started = performance.now();
  await expectFlatMemory(async () => {
    const flood = blast(hash, cookie, texts).then((reason) => reasons.push(reason));
    const waits = await Promise.all([
      longestWait(bystanders.abhi, bystanders.anny, flood),
      longestWait(anny, annysOther, flood),
    ]);
    console.log(`S11: longest waits during the flood: ${waits.join(" and ")} ms`);
    for (const wait of waits) expect(wait).toBeLessThan(patienceMs);
  });
  expect(reasons).toEqual(["4000 TOO_FAST", "4000 TOO_FAST"]);
  // At most a burst, and what a person may say in that time.
  const { EVENT_BURST, EVENTS_PER_SECOND } = parseLimits({});
  const seconds = (performance.now() - started) / 1_000;
  const flooded = anny.conversation.getView().messages.filter(({ body }) => body.startsWith("xxx"));
  expect(flooded.length).toBeLessThanOrEqual(EVENT_BURST + EVENTS_PER_SECOND * seconds);
});

it("[S11] frames of 64 KiB and more, and bodies of a mebibyte, are refused, and leave nothing behind", async () => {
  const bystanders = await chat();
  const patienceMs = await patience(bystanders);
  const reasons = new Set<string>();
  const statuses = new Set<number>();
  await expectFlatMemory(async () => {
    const { hash } = await chat();
    const cookie = await cookieFor(hash, "Abhi");
    const flood = (async () => {
      for (const kib of [64, 65, 256, 1_024, 8_192]) {
        const body = "x".repeat(kib * 1_024);
        reasons.add(await blast(hash, cookie, [JSON.stringify({ type: "send", id: "big", body })]));
      }
      for (let index = 0; index < 100; index += 1) {
        const posting = post("/register", { userOne: "x".repeat(1_048_576), userTwo: "B" });
        // The server refuses without reading: who still writes then may find the connection reset before the answer.
        const answer = await posting.catch(() => undefined);
        if (answer) statuses.add(answer.status);
        await answer?.body?.cancel();
      }
    })();
    expect(await longestWait(bystanders.abhi, bystanders.anny, flood)).toBeLessThan(patienceMs);
  });
  expect([...reasons]).toEqual(["4000 FRAME_TOO_LARGE"]);
  expect([...statuses]).toEqual([413]);
});

it(`[S11] ${LOGINS} logins from one address: 20 get through in a minute, and from elsewhere one signs in as ever`, async () => {
  const { hash } = await createDuet({ baseUrl: stack.url }).register({ userOne: "Abhi", userTwo: "Anny" });
  const attempt = async (address: string) => {
    const answer = await post("/user/Abhi/login", { userName: "Abhi", hash }, { "CF-Connecting-IP": address });
    await answer.body?.cancel();
    return answer.status;
  };
  const statuses: number[] = [];
  const elsewhere: number[] = [];
  const started = performance.now();
  // A window of a minute that ends in between would let another 20 pass.
  for (let count = 0; count < LOGINS; count += 50) {
    statuses.push(...(await Promise.all(Array.from({ length: 50 }, () => attempt("192.0.2.10")))));
    elsewhere.push(await attempt(`198.51.100.${count / 50}`));
  }
  expect(new Set(elsewhere)).toEqual(new Set([200]));
  expect(new Set(statuses)).toEqual(new Set([200, 429]));
  const passed = statuses.filter((status) => status === 200).length;
  expect(passed).toBeGreaterThanOrEqual(20);
  expect(passed).toBeLessThanOrEqual(20 * (2 + Math.floor((performance.now() - started) / 60_000)));
});

import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { asc, eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createDb } from "../../drizzle/client.ts";
import { chats, messages } from "../../drizzle/schema.ts";
import { createRedis } from "../../redis/client.ts";
import { type Stack, startStack } from "../../dev/stack.ts";
import { bodies, type Person, startChat } from "./two-people.ts";

let directory: string;
let stack: Stack;
const people: Person[] = [];

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), "duet-faults-"));
  stack = await startStack({ directory, runtime: "workerd" });
});

afterAll(async () => {
  for (const { conversation } of people) conversation.close();
  await stack.stop();
  await rm(directory, { recursive: true, force: true });
});

async function chat() {
  const started = await startChat(stack.url);
  people.push(started.abhi, started.anny);
  return started;
}

async function archivedBodies(hash: string): Promise<string[]> {
  const db = createDb(stack.databaseUrl, 30_000);
  const rows = await db.select().from(messages).where(eq(messages.conversationId, hash)).orderBy(asc(messages.seq));
  return rows.map(({ body }) => body);
}

/** Text of every file of the stack's state that contains `text`. */
async function filesWith(text: string): Promise<string[]> {
  const files = await readdir(directory, { recursive: true, withFileTypes: true });
  const paths = files.filter((file) => file.isFile()).map((file) => path.join(file.parentPath, file.name));
  const found = await Promise.all(paths.map(async (file) => ((await contents(file)).includes(text) ? [file] : [])));
  return found.flat().map((file) => path.relative(directory, file));
}

/** A file that is gone by the time it is read holds nothing. */
async function contents(file: string): Promise<Buffer> {
  return readFile(file).catch(() => Buffer.alloc(0));
}

it("[CRASH-1] kill -9 of the Worker loses nothing that was acknowledged, and both people resume by themselves", async () => {
  const { abhi, anny } = await chat();
  const sent: string[] = [];
  for (let round = 0; round < 3; round += 1) {
    for (let index = 0; index < 10; index += 1) {
      const body = `round ${round}, message ${index}`;
      sent.push(body);
      (index % 2 === 0 ? abhi : anny).conversation.send(body);
    }
    // Some of these are acknowledged, some are on their way, some are still in the outbox.
    await abhi.until(({ messages: seen }) => seen.some(({ body }) => body === `round ${round}, message 0`));
    await stack.worker.kill();
    abhi.conversation.send(`round ${round}, while down`);
    sent.push(`round ${round}, while down`);
    await stack.worker.start();
    const arrived = (person: Person) =>
      person.until(
        (view) => view.status === "live" && view.messages.length === sent.length && view.messages.every(isStored),
        60_000,
      );
    const [hers, his] = await Promise.all([arrived(anny), arrived(abhi)]);
    expect(bodies(hers).toSorted()).toEqual(sent.toSorted());
    expect(hers.messages.map(({ seq }) => seq)).toEqual(sent.map((_, index) => index + 1));
    expect(bodies(his)).toEqual(bodies(hers));
  }
});

function isStored({ seq }: { seq: number | undefined }): boolean {
  return seq !== undefined;
}

it("[ARCH-7] with Postgres stopped chatting goes on; started again, the rows arrive by themselves", async () => {
  const { hash, abhi, anny } = await chat();
  await stack.postgres.stop();
  abhi.conversation.send("one");
  await anny.until((view) => bodies(view).includes("one"));
  await anny.until(({ degraded }) => degraded.postgres);
  anny.conversation.send("two");
  await abhi.until((view) => bodies(view).includes("two"));
  await stack.postgres.start();
  await anny.until(({ degraded }) => !degraded.postgres, 60_000);
  await expect.poll(() => archivedBodies(hash)).toEqual(["one", "two"]);
});

it("[END-8] after the end no text is left: not in Postgres, not in Redis, not in the object's file", async () => {
  const { hash, abhi, anny } = await chat();
  const secret = `canary${crypto.randomUUID()}`;
  abhi.conversation.send(secret);
  const { messages: seen } = await anny.until((view) => bodies(view).includes(secret));
  abhi.conversation.edit(seen[0]?.seq ?? 0, `${secret} edited`);
  await anny.until((view) => bodies(view).includes(`${secret} edited`));
  await expect.poll(() => archivedBodies(hash)).toEqual([`${secret} edited`]);
  expect((await filesWith(secret)).some((file) => file.endsWith(".sqlite") || file.endsWith("-wal"))).toBe(true);

  await abhi.duet.endChat(hash);
  await anny.until(({ status, closeReason }) => status === "closed" && closeReason === "ENDED");

  // Its stores are told before the answer, or soon after where they take long.
  await expect.poll(() => archivedBodies(hash)).toEqual([]);
  const [row] = await createDb(stack.databaseUrl, 30_000).select().from(chats).where(eq(chats.hash, hash));
  expect(row?.endedAt).toBeInstanceOf(Date);
  const redis = createRedis(stack.redis.url, stack.redis.token, 30_000);
  await expect.poll(() => redis.keys(`session:${hash}:*`)).toEqual([]);
  // Postgres' own files keep dead rows until it vacuums, and its journal longer: only its tables are looked into.
  expect((await filesWith(secret)).filter((file) => !file.startsWith("postgres"))).toEqual([]);
});

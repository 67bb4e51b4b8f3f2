/** What a message costs in a conversation of many: counted, so that no change makes it dearer unnoticed. */
import { runInDurableObject } from "cloudflare:test";
import { expect, it } from "vitest";
import { setLimits } from "../outage.ts";
import { befriend, connect, conversationStub, countCalls, evict, friends, group, inboxStub } from "./account-socket.ts";
import { signIn, signUp } from "./people.ts";

it("[FAN-1] one pass over those who are there; who is away costs nothing, not even a look", async () => {
  setLimits({ ARCHIVE_DELAY_MS: 60_000 });
  const owner = await signUp("owner");
  const others = await Promise.all(Array.from({ length: 30 }, () => signUp("member")));
  for (const other of others) await befriend(owner, other);
  const id = await group(owner, ...others);
  const o = await connect(owner, id);
  const [first, second, ...away] = others;
  if (!first || !second) throw new Error("Thirty were asked for.");
  const devices = [await connect(first, id), await connect(await signIn(first), id), await connect(second, id)];
  await o.say(id, "to warm up");
  for (const device of devices) await device.frame({ type: "message", seq: 1 });

  const pushes = await Promise.all([owner, first, second, ...away].map((one) => countCalls(inboxStub(one.id), "push")));
  const received = await countCalls(conversationStub(id), "receive");
  const rows = await runInDurableObject(conversationStub(id), (_, { storage }) => {
    const cursors: { rowsWritten: number }[] = [];
    const exec = storage.sql.exec.bind(storage.sql);
    Object.assign(storage.sql, {
      exec(query: string, ...values: SqlStorageValue[]) {
        const cursor = exec(query, ...values);
        cursors.push(cursor);
        return cursor;
      },
    });
    return () => cursors.reduce((sum, { rowsWritten }) => sum + rowsWritten, 0);
  });
  for (let count = 0; count < 10; count += 1) await o.say(id, `message ${count}`);
  for (const device of devices) await device.frame({ type: "message", seq: 11 });

  expect(pushes.slice(3).map((count) => count())).toEqual(away.map(() => 0));
  // To the two who listen one push each, whatever the number of devices; to the sender the ack goes along.
  for (const count of pushes.slice(0, 3)) expect(count()).toBe(10);
  expect(received()).toBe(10);
  expect(rows()).toBe(10);
});

it("[FAN-2] whose devices are gone unseen is away after one push", async () => {
  const [alice, bob] = await friends("alice", "bob");
  if (!alice || !bob) throw new Error("Two were asked for.");
  const id = await group(alice, bob);
  const a = await connect(alice, id);
  await connect(bob, id);
  await a.frame({ type: "presence", name: bob.id, online: true });
  // As after a crash of the machine that Bob's Inbox was on: its sockets are gone, and nobody was told.
  await runInDurableObject(inboxStub(bob.id), (_, state) => {
    for (const socket of state.getWebSockets())
      socket.serializeAttachment({ ...socket.deserializeAttachment(), live: false });
    state.storage.sql.exec("delete from presence");
  });

  await evict(inboxStub(bob.id));
  const pushes = await countCalls(inboxStub(bob.id), "push");
  await a.say(id, "one");
  await a.frame({ type: "presence", name: bob.id, online: false });
  await a.say(id, "two");
  expect(pushes()).toBe(1);
});

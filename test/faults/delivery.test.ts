/** Rows D1 to D9 of what Duet promises about delivery, as far as they need real processes, files and lines. */
import { copyFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { hurryClients, useGround } from "./ground.ts";
import { findObjectFile } from "./object-log.ts";
import type { Pair } from "./pair.ts";
import { KINDS } from "./person.ts";
import { chooseSeed, pick, pickNumber, seededRandom } from "./random.ts";
import { isLogged, type Recorder } from "./recorder.ts";

const random = seededRandom(chooseSeed("delivery"));
const ground = useGround();
hurryClients();

describe.each(KINDS)("in a %s", (kind) => {
  const messages = kind === "pair chat" ? 200 : 50;

  it("[D1] [D2] SIGKILL 0 to 50 ms after a send: what was acknowledged or pushed is there, once", async () => {
    const pair = await ground.startPair({ kind });
    const [abhi, anny] = pair.people;
    for (let sent = 0; sent < messages;) {
      const killed = sleep(pickNumber(random, 50)).then(() => ground.stack.worker.kill());
      for (let burst = 0; burst < 5; burst += 1) {
        sent += 1;
        pick(random, pair.people).conversation.send(`message ${sent}`);
        await sleep(pickNumber(random, 15));
      }
      await killed;
      await ground.stack.worker.start();
      await Promise.all([abhi.untilStored(sent), anny.untilStored(sent)]);
    }
    expect(await pair.check()).toBeUndefined();
    console.log(
      `D1, ${kind}: ${messages / 5} kills, ${messages} messages, ${abhi.recorder.acks.length + anny.recorder.acks.length} acks heard`,
    );
  });

  it("[D6] a connection cut after every k-th frame resumes with exactly k+1 to head, then live", async () => {
    const pair = await ground.startPair({ kind });
    const [abhi, anny] = pair.people;
    let sent = 0;
    for (const k of [2, 3, 4, 7, 12, 20]) {
      let passed = 0;
      anny.line.onServerFrame = (text) => {
        passed = text.includes('"type":"welcome"') ? 1 : passed + 1;
        return passed > k ? "cut" : [text];
      };
      for (let count = 0; count < 25; count += 1) {
        sent += 1;
        abhi.conversation.send(`message ${sent}`);
        await sleep(pickNumber(random, 10));
      }
      await Promise.all([abhi.untilStored(sent), anny.untilStored(sent)]);
    }
    anny.line.heal();
    anny.line.cut();
    abhi.conversation.send("healed");
    await anny.untilStored((sent += 1));
    await anny.untilLive();
    console.log(`D6, ${kind}: ${sent} messages, ${anny.recorder.connections.length} connections`);
    let seen = 0;
    for (const { frames, since } of anny.recorder.connections) {
      const seqs = frames.filter(isLogged).map(({ seq }) => seq);
      if (seqs.length === 0) continue;
      expect(since ?? 0).toBe(seen);
      expect(seqs).toEqual(seqs.map((_, index) => seen + index + 1));
      seen += seqs.length;
    }
    expect(seen).toBe(sent);
    expect(anny.recorder.connections.length).toBeGreaterThan(40);
    const last = () => anny.recorder.connections.at(-1)?.frames ?? [];
    expect(last()[0]).toMatchObject({ type: "welcome", recovered: true });
    // The client knows by `welcome` when it has all, which may be a frame sooner.
    await expect.poll(() => last().map(({ type }) => type)).toContain("live");
    expect(await pair.check()).toBeUndefined();
  });

  it("[D7] 100 sends while a replay runs: no duplicate, no gap", async () => {
    const pair = await ground.startPair({ kind });
    const [abhi, anny] = pair.people;
    abhi.conversation.send("first");
    await anny.untilStored(1);
    for (let round = 1; round <= (kind === "pair chat" ? 5 : 2); round += 1) {
      anny.close();
      const away = pickNumber(random, 300);
      for (let count = 0; count < away; count += 1) abhi.conversation.send("while away");
      const before = abhi.view.messages.length;
      await abhi.untilStored(before);
      anny.line.delayMs = pickNumber(random, 20);
      anny.conversation.connect();
      for (let count = 0; count < 100; count += 1) {
        abhi.conversation.send("during the replay");
        if (count % 5 === 0) await sleep(1);
      }
      await anny.untilStored(before + 100);
      anny.line.heal();
      const { frames = [], since = 0 } = anny.recorder.connections.at(-1) ?? {};
      const seqs = frames.filter(isLogged).map(({ seq }) => seq);
      expect(seqs).toEqual(Array.from({ length: away + 100 }, (_, index) => since + index + 1));
    }
    expect(anny.recorder.disorder).toEqual({ duplicated: 0, outOfOrder: 0 });
    expect(await pair.check()).toBeUndefined();
  });

  it("[D8] storage wiped: a new epoch, and clients load what Postgres has", async () => {
    const pair = await ground.startPair({ kind });
    const epoch = await talk(pair);
    await ground.stack.worker.kill();
    await removeDatabase(await objectFile(pair));
    await ground.stack.worker.start();
    expect(await goOn(pair, epoch)).toBe(12);
  });

  it("[D8] storage rolled back: a new epoch, and clients load what Postgres has", async () => {
    const pair = await ground.startPair({ kind });
    await talk(pair);
    await ground.stack.worker.kill();
    const file = await objectFile(pair);
    for (const suffix of ["", "-wal"]) await copyFile(file + suffix, join(ground.directory, `older${suffix}`));
    await ground.stack.worker.start();
    const epoch = await talk(pair);
    await ground.stack.worker.kill();
    await removeDatabase(file);
    for (const suffix of ["", "-wal"]) await copyFile(join(ground.directory, `older${suffix}`), file + suffix);
    await ground.stack.worker.start();
    expect(await goOn(pair, epoch)).toBe(22);
    // Nobody's hello went under with the object that found it out: that would take a client 10 s to notice.
    const connections = pair.people.flatMap(({ recorder }) => recorder.connections);
    expect(connections.filter(({ isUnanswered }) => isUnanswered)).toEqual([]);
  });
});

/** Ten messages, seen by both and in Postgres. Returns the epoch. */
async function talk(pair: Pair): Promise<string> {
  const before = pair.people[0].view.messages.length;
  for (let count = 0; count < 10; count += 1) pick(random, pair.people).conversation.send(`${before + count}`);
  await Promise.all(pair.people.map((person) => person.untilStored(before + 10)));
  expect(await pair.check()).toBeUndefined();
  return epochOf(pair);
}

/** Both people come back by themselves to all that was said, in another epoch, and go on. Returns how many messages both see. */
async function goOn(pair: Pair, oldEpoch: string): Promise<number> {
  const before = pair.people[0].view.messages.map(({ body }) => body);
  // No epoch: they are not in the same one yet.
  await expect.poll(() => ["", oldEpoch].includes(epochOf(pair))).toBe(false);
  await Promise.all(pair.people.map((person) => person.untilLive()));
  for (const person of pair.people) expect(person.view.messages.map(({ body }) => body)).toEqual(before);
  for (const { conversation, name } of pair.people) conversation.send(`${name} goes on`);
  for (const person of pair.people) await person.untilStored(before.length + 2);
  const epoch = epochOf(pair);
  // A later one may only tell of the members.
  const welcomes = pair.people.map(({ recorder }) => welcomesOf(recorder).find((welcome) => welcome.epoch === epoch));
  expect(welcomes).toMatchObject([{ recovered: false }, { recovered: false }]);
  return pair.people[1].stored;
}

function epochOf(pair: Pair): string {
  const welcomes = pair.people.map(({ recorder }) => welcomesOf(recorder).at(-1));
  return welcomes[0]?.epoch === welcomes[1]?.epoch ? (welcomes[0]?.epoch ?? "") : "";
}

function welcomesOf({ connections }: Recorder) {
  return connections.flatMap(({ frames }) => frames.filter((frame) => frame.type === "welcome"));
}

async function objectFile(pair: Pair): Promise<string> {
  const file = await findObjectFile(ground.directory, pair.hash);
  if (file === undefined) throw new Error("The chat has no object.");
  return file;
}

async function removeDatabase(file: string): Promise<void> {
  for (const suffix of ["", "-wal", "-shm"]) await rm(file + suffix, { force: true });
}

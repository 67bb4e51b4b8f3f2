/** Rows D10, D11 and D13: lines and objects that fall silent. They take their time, so they take it together. */
import { readdir, readlink } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { until } from "../../client/index.ts";
import { useGround } from "./ground.ts";
import { findObjectFile } from "./object-log.ts";
import type { Pair } from "./pair.ts";
import { KINDS } from "./person.ts";

/** The client's default. */
const HEARTBEAT_MS = 20_000;

const ground = useGround();

/** Whether Anny sees Abhi online. */
function seesAbhi({ people: [abhi, anny] }: Pair): boolean {
  return anny.view.members.some(({ name, online }) => name === abhi.name && online);
}

/** Sends a message whose push to Anny gets lost. Resolves when both have it, with the milliseconds that took. */
async function losePush(pair: Pair): Promise<number> {
  const [abhi, anny] = pair.people;
  anny.line.onServerFrame = (text) => {
    if (!text.includes('"type":"message"')) return [text];
    anny.line.onServerFrame = undefined;
    return [];
  };
  const start = Date.now();
  abhi.conversation.send("the push of this is lost");
  await anny.untilStored(1, 2 * HEARTBEAT_MS);
  return Date.now() - start;
}

/** Abhi's line becomes a black hole. Resolves when he has noticed, with the milliseconds that took. */
async function fallSilent(pair: Pair): Promise<number> {
  const [abhi, anny] = pair.people;
  abhi.line.line = "black hole";
  anny.conversation.send("unheard");
  const start = Date.now();
  await until(abhi.conversation, ({ status }) => status === "reconnecting", 2 * HEARTBEAT_MS);
  return Date.now() - start;
}

/** Whether any process has this file open, by the links below /proc. */
async function isOpen(file: string): Promise<boolean> {
  for (const process of await readdir("/proc")) {
    const links = await readdir(`/proc/${process}/fd`).catch(() => []);
    for (const link of links) {
      if ((await readlink(`/proc/${process}/fd/${link}`).catch(() => "")) === file) return true;
    }
  }
  return false;
}

describe.concurrent("silence", () => {
  it.for(KINDS)(
    "[D10] a lost last push, on a socket that stays open, is noticed within two heartbeats: in a %s",
    async (kind, { onTestFinished }) => {
      const pair = await ground.startPair({ kind }, onTestFinished);
      const { connections } = pair.people[1].recorder;
      const before = connections.length;
      expect(await losePush(pair)).toBeLessThan(2 * HEARTBEAT_MS);
      // A pair chat takes another connection; on an account's, which others share, only the conversation resumes.
      expect(connections).toHaveLength(kind === "pair chat" ? before + 1 : before);
      expect(await pair.check()).toBeUndefined();
    },
  );

  it("[D10] control: without heartbeats it is not", async ({ onTestFinished }) => {
    const pair = await ground.startPair({ pingMs: 10 * HEARTBEAT_MS }, onTestFinished);
    await expect(losePush(pair)).rejects.toThrow("Anny has 0 of 1 messages, is live.");
  });

  it.for(KINDS)(
    "[D11] behind a black hole the client redials within two heartbeats, and is seen as present: in a %s",
    async (kind, { onTestFinished }) => {
      const pair = await ground.startPair({ kind }, onTestFinished);
      const [abhi] = pair.people;
      expect(await fallSilent(pair)).toBeLessThan(2 * HEARTBEAT_MS);
      abhi.line.heal();
      await abhi.untilStored(1);
      await until(pair.people[1].conversation, () => seesAbhi(pair));
      expect(await pair.check()).toBeUndefined();
    },
  );

  it("[D11] a ghost socket does not count once the person has left by another one", async ({ onTestFinished }) => {
    const pair = await ground.startPair({}, onTestFinished);
    const [abhi, anny] = pair.people;
    await fallSilent(pair);
    abhi.line.heal();
    await abhi.untilStored(1);
    abhi.conversation.close();
    await until(anny.conversation, () => !seesAbhi(pair), 50_000);
    expect(seesAbhi(pair)).toBe(false);
  });

  it("[D11] who vanishes without a FIN, for good, is seen as away", async ({ onTestFinished }) => {
    const pair = await ground.startPair({}, onTestFinished);
    const [abhi, anny] = pair.people;
    abhi.line.line = "black hole";
    anny.conversation.send("unheard");
    await until(anny.conversation, () => !seesAbhi(pair), 80_000);
    expect(seesAbhi(pair)).toBe(false);
  });

  it("[D13] after two upgrades at the same moment, an idle object hibernates in spite of heartbeats", async ({
    onTestFinished,
  }) => {
    const [idle, busy] = [
      await ground.startPair({ pingMs: 2_000 }, onTestFinished),
      await ground.startPair({}, onTestFinished),
    ];
    const [asleep, awake] = await Promise.all([idle, busy].map(({ hash }) => findObjectFile(ground.directory, hash)));
    for (const { conversation } of idle.people) conversation.close();
    for (const { conversation } of idle.people) conversation.connect();
    await Promise.all(idle.people.map((person) => person.untilLive()));
    expect(await isOpen(asleep ?? "")).toBe(true);
    // 10 s after the last event; on this machine the runtime looks every 10 s, and later when it is busy.
    for (let second = 0; second < 60 && (await isOpen(asleep ?? "")); second += 1) {
      busy.people[0].conversation.setTyping(second % 2 === 0);
      await sleep(1_000);
    }
    // An object's database is open while the object is in memory.
    expect([await isOpen(asleep ?? ""), await isOpen(awake ?? "")]).toEqual([false, true]);
    idle.people[0].conversation.send("good morning");
    await idle.people[1].untilStored(1);
    for (const { recorder } of idle.people) expect(recorder.connections).toHaveLength(2);
    expect(await idle.check()).toBeUndefined();
  });
});

/** Rows D14 to D16: tabs that close, clocks that are wrong, and versions that differ. */
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { hurryClients, useGround } from "./ground.ts";
import { KINDS } from "./person.ts";
import { chooseSeed, pick, pickNumber, seededRandom } from "./random.ts";

const random = seededRandom(chooseSeed("clients"));
const HOUR_MS = 3_600_000;
const ground = useGround();
hurryClients();

describe.each(KINDS)("in a %s", (kind) => {
  it("[D14] a tab closed before the ack, and reopened, sends once", async () => {
    const pair = await ground.startPair({ kind });
    const [abhi, anny] = pair.people;
    let inDoubt = 0;
    for (let sent = 1; sent <= 40; sent += 1) {
      const lost = pick(random, [/"type":"ack"/, /"type":"(ack|message)"/, /never/]);
      abhi.line.onServerFrame = (text) => (lost.test(text) ? [] : [text]);
      abhi.conversation.send(`message ${sent}`);
      await sleep(pickNumber(random, 8));
      inDoubt += (await abhi.outbox.list(pair.hash)).length;
      abhi.line.heal();
      abhi.reopen();
      await Promise.all([abhi.untilStored(sent), anny.untilStored(sent)]);
    }
    await expect.poll(() => abhi.outbox.list(pair.hash)).toEqual([]);
    expect(inDoubt).toBeGreaterThan(10);
    expect(anny.view.messages.map(({ body }) => body)).toEqual(
      Array.from({ length: 40 }, (_, index) => `message ${index + 1}`),
    );
    expect(await pair.check()).toBeUndefined();
  });

  it("[D15] with clocks an hour fast or slow, order is by seq", async () => {
    const pair = await ground.startPair({ kind });
    onTestFinished(() => void vi.useRealTimers());
    const written: string[] = [];
    for (let sent = 1; sent <= 30; sent += 1) {
      vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + pick(random, [-HOUR_MS, HOUR_MS]) });
      const writer = pick(random, pair.people);
      written.push(`${writer.name} ${sent}`);
      writer.conversation.send(`${writer.name} ${sent}`);
      await Promise.all(pair.people.map((person) => person.untilStored(sent)));
      vi.useRealTimers();
    }
    const { log } = await pair.gather();
    expect(log.map(({ event }) => event.type === "message" && event.body)).toEqual(written);
    const stamps = log.flatMap(({ event }) => (event.type === "message" ? (event.sentAt ?? 0) : []));
    expect(Math.max(...stamps) - Math.min(...stamps)).toBeGreaterThan(HOUR_MS);
    expect(await pair.check()).toBeUndefined();
  });

  it("[D15] a clock that goes back between visits changes nothing in the order of writing", async () => {
    const pair = await ground.startPair({ kind });
    onTestFinished(() => void vi.useRealTimers());
    const [abhi, anny] = pair.people;
    abhi.line.line = "refusing";
    abhi.line.cut();
    const written = ["in the first tab", "in the second", "in the third"];
    for (const [visit, words] of written.entries()) {
      vi.useFakeTimers({ toFake: ["Date"], now: Date.now() - visit * HOUR_MS });
      if (visit > 0) abhi.reopen();
      abhi.say(words);
      await sleep(10);
    }
    abhi.line.heal();
    await anny.untilStored(3);
    expect(anny.view.messages.map(({ body }) => body)).toEqual(written);
  });
});

it("[D16] an old client ignores frames and fields of a newer server, and the reverse", async () => {
  const pair = await ground.startPair();
  const [abhi, anny] = pair.people;
  // What a newer server would send.
  anny.line.onServerFrame = (text) => ['{"type":"weather","sky":"blue"}', text.replace(/^\{/, '{"mood":{"of":1},')];
  // What a newer client would.
  abhi.recorder.onSend = (text) =>
    text === '{"type":"ping"}'
      ? [text]
      : [
          ...(text.includes('"hello"') ? [] : ['{"type":"dance","steps":[1,2]}']),
          text.replace(/^\{/, '{"mood":{"of":1},'),
        ];
  for (const { line } of pair.people) line.cut();
  for (let sent = 1; sent <= 10; sent += 1) {
    pick(random, pair.people).conversation.send(`message ${sent}`);
    await Promise.all(pair.people.map((person) => person.untilStored(sent)));
  }
  const [mine] = abhi.view.messages.filter((message) => message.mine);
  abhi.conversation.edit(mine?.seq ?? 0, "edited");
  anny.conversation.react(mine?.seq ?? 0, "👍");
  for (const person of pair.people) {
    const message = () => person.view.messages.find(({ id }) => id === mine?.id);
    await expect.poll(message).toMatchObject({ body: "edited", reactions: { Anny: "👍" } });
    expect(person.recorder.connections).toHaveLength(2);
  }
  expect(await pair.check()).toBeUndefined();
});

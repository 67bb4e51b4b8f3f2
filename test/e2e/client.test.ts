/** The SDK against the real Worker, object, Postgres and Redis stand-ins. */
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { type Conversation, createDuet, type Duet, memoryOutbox, type OutboxStore, until } from "../../client/index.ts";
import { useLine } from "./line.ts";

/** Few enough to be outnumbered in a test. */
const EVENTS_KEPT = 100;

const line = useLine({
  EVENTS_PER_SECOND: "100000",
  EVENT_BURST: "100000",
  REGISTRATIONS_PER_MINUTE: "1000",
  LOGINS_PER_MINUTE: "1000",
  EVENTS_KEPT: String(EVENTS_KEPT),
  ARCHIVE_DELAY_MS: "100",
  ARCHIVE_INTERVAL_MS: "100",
});

/** A chat of which Abhi's client goes through the proxy, with both signed in. */
async function startChat(options: { outbox?: OutboxStore; pingMs?: number } = {}) {
  const abhi = createDuet({ baseUrl: line.proxy.url, ...options });
  const anny = createDuet({ baseUrl: line.stack.url });
  const { hash } = await abhi.register({ userOne: "Abhi", userTwo: "Anny" });
  await abhi.login({ hash, userName: "Abhi" });
  await anny.login({ hash, userName: "Anny" });
  return { hash, abhi, anny };
}

async function openLive(duet: Duet, hash: string): Promise<Conversation> {
  const conversation = duet.open(hash);
  onTestFinished(() => conversation.close());
  conversation.connect();
  await until(conversation, ({ status }) => status === "live");
  return conversation;
}

async function startLiveChat(options?: Parameters<typeof startChat>[0]) {
  const chat = await startChat(options);
  const [his, hers] = await Promise.all([openLive(chat.abhi, chat.hash), openLive(chat.anny, chat.hash)]);
  return { ...chat, his, hers };
}

function texts(conversation: Conversation): string[] {
  return conversation.getView().messages.map(({ body }) => body);
}

function untilShown(conversation: Conversation, count: number) {
  return until(
    conversation,
    ({ messages }) => messages.filter(({ seq }) => seq !== undefined).length === count,
    60_000,
  );
}

function numbers(from: number, to: number): string[] {
  return Array.from({ length: to - from + 1 }, (_, index) => String(from + index));
}

describe("two people", () => {
  test("[SEND-11] [PRES-11] [TYPE-12] write both ways, and see each other come, type, read and go", async () => {
    const { his, hers } = await startLiveChat();
    await until(his, ({ members }) => members.every(({ online }) => online));
    hers.setTyping(true);
    await until(his, ({ typing }) => typing.includes("Anny"));
    hers.send("hello");
    const { messages } = await until(his, ({ typing, messages: shown }) => typing.length === 0 && shown.length === 1);
    expect(messages[0]).toMatchObject({ sender: "Anny", body: "hello", state: "received", seq: 1 });
    await until(hers, ({ messages: [message] }) => message?.state === "delivered");
    his.markRead(1);
    await until(hers, ({ messages: [message] }) => message?.state === "read");
    his.send("hi", { replyTo: 1 });
    his.react(1, "👋");
    await until(hers, ({ messages: [first, second] }) => second?.replyTo === 1 && first?.reactions["Abhi"] === "👋");
    hers.edit(1, "hello!");
    await until(his, ({ messages: [message] }) => message?.body === "hello!");
    his.close();
    const { members } = await until(hers, (view) => view.members.some(({ online }) => !online));
    expect(members.find(({ name }) => name === "Abhi")?.lastSeen).toBeGreaterThan(0);
  });

  test("[ORDER-12] whose clocks are hours apart see one order, that of the log", async () => {
    const { his, hers } = await startLiveChat();
    onTestFinished(() => void vi.useRealTimers());
    for (const [count, writer] of [his, hers, his, hers].entries()) {
      vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + (count % 2 === 0 ? 3_600_000 : -7_200_000) });
      writer.send(`${count + 1}`);
      await Promise.all([untilShown(his, count + 1), untilShown(hers, count + 1)]);
    }
    expect(texts(his)).toEqual(numbers(1, 4));
    expect(texts(hers)).toEqual(numbers(1, 4));
  });

  test("[SEND-13] [SEND-14] learn what the server refuses, and why", async () => {
    const { his, hers } = await startLiveChat();
    hers.send("hers");
    await untilShown(his, 1);
    his.edit(1, "not mine");
    const id = his.send("a reply to nothing", { replyTo: 99 });
    const { messages } = await until(his, (view) => view.messages[1]?.state === "failed" && !!view.messages[0]?.error);
    expect(messages[0]).toMatchObject({ body: "hers", error: { code: "MESSAGE_NOT_YOURS" } });
    expect(messages[1]).toMatchObject({ id, error: { code: "MESSAGE_UNKNOWN" } });
    his.discard(id);
    await until(his, (view) => view.messages.length === 1);
  });
});

describe("a client that was away", () => {
  test("[RESUME-11] resumes after its connection was cut, and misses nothing", async () => {
    const { his, hers } = await startLiveChat();
    for (let round = 1; round <= 5; round++) {
      line.proxy.cut();
      hers.send(`${round}`);
    }
    await untilShown(his, 5);
    expect(texts(his)).toEqual(numbers(1, 5));
  });

  test("[OUTBOX-4] sends what was written offline once, in order, after what came meanwhile", async () => {
    const { his, hers } = await startLiveChat();
    line.proxy.isOffline = true;
    line.proxy.cut();
    await until(his, ({ status }) => status === "reconnecting");
    for (const body of ["1", "2", "3"]) his.send(body);
    hers.send("meanwhile");
    await untilShown(hers, 1);
    line.proxy.isOffline = false;
    const { messages } = await untilShown(hers, 4);
    expect(messages.map(({ body }) => body)).toEqual(["meanwhile", "1", "2", "3"]);
    await untilShown(his, 4);
    expect(texts(his)).toEqual(["meanwhile", "1", "2", "3"]);
  });

  test("[RESUME-12] with more to catch up than is replayed shows the newest page, and the rest without a gap", async () => {
    const { his, hers } = await startLiveChat();
    hers.send("1");
    await untilShown(his, 1);
    his.close();
    for (const body of numbers(2, 1_100)) hers.send(body);
    await untilShown(hers, 1_100);
    his.connect();
    await until(his, ({ status }) => status === "live");
    expect(texts(his)).toEqual(numbers(1_051, 1_100));
    while (his.getView().hasOlder) await his.loadOlder();
    expect(texts(his)).toEqual(numbers(1, 1_100));
  });

  test("[OUTBOX-5] whose acknowledgement got lost finds its message far back, and does not send it again", async () => {
    const outbox = memoryOutbox();
    const { hash, abhi, his, hers } = await startLiveChat({ outbox });
    line.proxy.isDeaf = true;
    his.send("once");
    await untilShown(hers, 1);
    his.close();
    expect(await outbox.list(hash)).toHaveLength(1);
    for (const body of numbers(2, 500)) hers.send(body);
    await untilShown(hers, 500);
    line.proxy.isDeaf = false;
    const again = await openLive(abhi, hash);
    await expect.poll(() => outbox.list(hash)).toEqual([]);
    while (again.getView().hasOlder) await again.loadOlder();
    expect(texts(again)).toEqual(["once", ...numbers(2, 500)]);
  });

  test("[PING-11] behind a line that died silently notices it by its heartbeat", async () => {
    const { his, hers } = await startLiveChat({ pingMs: 500 });
    line.proxy.isDeaf = true;
    hers.send("unheard");
    // Not before: what is pushed to her may be here sooner than what is pushed to him.
    await until(his, ({ status }) => status === "reconnecting");
    line.proxy.isDeaf = false;
    await untilShown(his, 1);
    expect(texts(his)).toEqual(["unheard"]);
  });
});

describe("the same id", () => {
  test("[OUTBOX-6] sent by two tabs and over HTTP is one message", async () => {
    const outbox = memoryOutbox();
    const { hash, abhi, hers } = await startLiveChat({ outbox });
    const sent = { hash, sender: "Abhi", receiver: "Anny", message: "hello", id: "same" };
    const frame = { type: "send", id: "same", body: "hello" } as const;
    await outbox.put(hash, { frame, queuedAt: 1, sender: "Abhi", after: undefined });
    const [first, one, two] = await Promise.all([abhi.sendMessage(sent), openLive(abhi, hash), openLive(abhi, hash)]);
    const again = await abhi.sendMessage(sent);
    expect(again).toMatchObject({ id: "same", seq: first.seq, at: first.at });
    one.send("after");
    for (const conversation of [one, two, hers]) {
      await untilShown(conversation, 2);
      expect(texts(conversation)).toEqual(["hello", "after"]);
    }
  });
});

describe("the end", () => {
  test("[CLOSE-5] of a chat reaches both people, and whoever comes later", async () => {
    const { hash, abhi, anny, his, hers } = await startLiveChat();
    his.send("hello");
    await untilShown(hers, 1);
    await anny.endChat(hash);
    for (const conversation of [his, hers]) {
      const view = await until(conversation, ({ status }) => status === "closed");
      expect(view).toMatchObject({ closeReason: "ENDED", ended: { by: "Anny" }, messages: [] });
    }
    const later = abhi.open(hash);
    later.connect();
    expect(await until(later, ({ status }) => status === "closed")).toMatchObject({ closeReason: "ENDED" });
    await expect(abhi.chat(hash)).rejects.toMatchObject({ code: "CHAT_ENDED", status: 410 });
  });

  test("[CLOSE-6] [CLOSE-4] of a session closes its conversation alone; signing in again goes on", async () => {
    const { hash, abhi, his, hers } = await startLiveChat();
    his.send("hello");
    await untilShown(hers, 1);
    await abhi.logout({ hash });
    expect(await until(his, ({ status }) => status === "closed")).toMatchObject({
      closeReason: "REVOKED",
      messages: [],
    });
    his.connect();
    expect(await until(his, ({ status }) => status === "closed")).toMatchObject({ closeReason: "UNAUTHENTICATED" });
    await abhi.login({ hash, userName: "Abhi" });
    his.connect();
    await untilShown(his, 1);
    expect(hers.getView().status).toBe("live");
  });
});

import { env } from "cloudflare:workers";
import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { connect, evict, pair } from "./pair.ts";
import { flush } from "./stores.ts";

describe("marks", () => {
  it("[MARK-1] are pushed to everyone, and read implies delivered", async () => {
    const { abhi, anny } = await pair();
    abhi.send({ type: "send", id: "m-1", body: "Hello" });
    await anny.frame("message");
    anny.send({ type: "delivered", seq: 1 });
    expect(await abhi.frame("receipt")).toEqual({ type: "receipt", name: "Anny", readSeq: 0, deliveredSeq: 1 });
    anny.send({ type: "read", seq: 1 });
    const receipt = { type: "receipt", name: "Anny", readSeq: 1, deliveredSeq: 1 };
    expect(await abhi.frame("receipt", ({ readSeq }) => readSeq === 1)).toEqual(receipt);
    expect(await anny.frame("receipt", ({ readSeq }) => readSeq === 1)).toEqual(receipt);
  });

  it("[MARK-2] only rise, and not above the head", async () => {
    const { abhi, anny } = await pair();
    for (const id of ["m-1", "m-2"]) abhi.send({ type: "send", id, body: "Hello" });
    await anny.frame("message", ({ seq }) => seq === 2);
    anny.send({ type: "read", seq: 3 });
    anny.send({ type: "read", seq: 2 });
    anny.send({ type: "read", seq: 1 });
    anny.send({ type: "delivered", seq: 1 });
    anny.send({ type: "send", id: "m-3", body: "Bye" });
    await abhi.frame("message", ({ seq }) => seq === 3);
    expect(abhi.all("receipt")).toEqual([{ type: "receipt", name: "Anny", readSeq: 2, deliveredSeq: 2 }]);
  });

  it("[MARK-3] are kept over a reconnect", async () => {
    const { hash, cookies, abhi, anny } = await pair();
    abhi.send({ type: "send", id: "m-1", body: "Hello" });
    await anny.frame("message");
    anny.send({ type: "read", seq: 1 });
    await abhi.frame("receipt");
    anny.close();
    await abhi.frame("presence");
    const again = await connect(hash, cookies[1]);
    expect((await again.hello()).members[1]).toMatchObject({ readSeq: 1, deliveredSeq: 1 });
  });

  it("[MARK-4] outlive the socket that told them, also when the person keeps another open", async () => {
    const { hash, cookies, abhi, anny } = await pair();
    const phone = await connect(hash, cookies[1]);
    await phone.hello();
    abhi.send({ type: "send", id: "m-1", body: "Hello" });
    await phone.frame("message");
    phone.send({ type: "read", seq: 1 });
    await anny.frame("receipt");
    phone.close();
    await phone.closing();
    await evict(hash);
    anny.send({ type: "hello", v: 1 });
    const { members } = await anny.until(() => anny.all("welcome")[1]);
    expect(members[1]).toMatchObject({ name: "Anny", readSeq: 1 });
  });
});

describe("typing", () => {
  it("[TYPE-1] is told to the other person only, and not logged", async () => {
    const { abhi, anny } = await pair();
    abhi.send({ type: "typing", on: true });
    expect(await anny.frame("typing")).toEqual({ type: "typing", name: "Abhi", on: true });
    abhi.send({ type: "typing", on: false });
    await anny.frame("typing", ({ on }) => !on);
    expect(abhi.all("typing")).toEqual([]);
    abhi.ping();
    expect(await abhi.frame("pong")).toMatchObject({ head: 0 });
  });
});

describe("presence", () => {
  it("[PRES-1] is told when a person comes and goes", async () => {
    const { hash, cookies, abhi, anny } = await pair();
    expect(await abhi.frame("presence")).toEqual({ type: "presence", name: "Anny", online: true, lastSeen: null });
    const before = Date.now();
    anny.close();
    const gone = await abhi.frame("presence", ({ online }) => !online);
    expect(gone.lastSeen).toBeGreaterThanOrEqual(before);
    const socket = await connect(hash, cookies[0]);
    expect((await socket.hello()).members[1]).toMatchObject({ online: false, lastSeen: gone.lastSeen });
  });

  it("[PRES-2] is of people, not of sockets", async () => {
    const { hash, cookies, abhi, anny } = await pair();
    await abhi.frame("presence");
    const phone = await connect(hash, cookies[1]);
    await phone.hello();
    anny.close();
    phone.send({ type: "typing", on: true });
    await abhi.frame("typing");
    expect(abhi.all("presence")).toHaveLength(1);
    phone.close();
    await abhi.frame("presence", ({ online }) => !online);
  });

  it("[PING-2] who is silent for 50 s is gone, for the others and for good; who speaks is there", async () => {
    const { abhi, anny } = await pair();
    await abhi.frame("presence");
    const now = Date.now();
    const clock = vi.spyOn(Date, "now").mockImplementation(() => now + 51_000);
    abhi.send({ type: "typing", on: true });
    expect(await abhi.frame("presence", ({ online }) => !online)).toMatchObject({ name: "Anny" });
    expect(await anny.closing()).toMatchObject({ code: 1001 });
    clock.mockRestore();
    abhi.send({ type: "send", id: "m-1", body: "still here" });
    await abhi.frame("ack");
  });

  it.each([
    ["what is pushed", false],
    ["a message that was deleted since", true],
  ])("[PRES-4] who does not take %s, and stays silent, is away 50 s after their last sign", async (_, isDeleted) => {
    const { hash, abhi, anny } = await pair();
    await abhi.say("are you there?");
    if (isDeleted) {
      abhi.send({ type: "delete", id: "d-1", seq: 1 });
      await abhi.frame("deleted");
    }
    const told = Date.now();
    await flush(hash);
    const stub = env.CONVERSATION.getByName(hash);
    const alarmAt = await runInDurableObject(stub, (_, { storage }) => storage.getAlarm());
    expect(alarmAt).toBeLessThanOrEqual(told + 50_000);
    expect(abhi.all("presence").filter(({ online }) => !online)).toEqual([]);
    onTestFinished(() => void vi.restoreAllMocks());
    vi.spyOn(Date, "now").mockReturnValue(alarmAt ?? 0);
    await runDurableObjectAlarm(stub);
    expect(await abhi.frame("presence", ({ online }) => !online)).toMatchObject({ name: "Anny" });
    expect(await anny.closing()).toMatchObject({ code: 1001 });
  });
});

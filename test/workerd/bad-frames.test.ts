import { describe, expect, it } from "vitest";
import { connect, failure, login, pair, register, request } from "./pair.ts";

describe("a socket", () => {
  it.each([
    ["PROTOCOL", "not JSON"],
    ["PROTOCOL", "[]"],
    ["PROTOCOL", "null"],
    ["PROTOCOL", '{"type":7}'],
    ["PROTOCOL", '{"type":"send","id":"a","body":"first frame is no hello"}'],
    ["PROTOCOL", '{"type":"future"}'],
    ["PROTOCOL", new ArrayBuffer(8)],
    ["PROTOCOL", '{"type":"hello","v":1,"since":-1}'],
    ["VERSION", '{"type":"hello","v":2}'],
    ["FRAME_TOO_LARGE", JSON.stringify({ type: "hello", v: 1, padding: "x".repeat(17_000) })],
  ])("[SOCK-1] is closed with %s when it begins with %s", async (reason, text) => {
    const hash = await register();
    const socket = await connect(hash, await login(hash, "Abhi"));
    socket.sendText(text);
    expect(await socket.closing()).toEqual({ code: 4000, reason });
  });

  it("[SOCK-2] without an upgrade or a session is refused", async () => {
    const hash = await register();
    const cookie = await login(hash, "Abhi");
    const path = `/chat-server/user/${hash}/ws`;
    expect(await failure(await request(path, { cookie }))).toEqual({ status: 426, code: "UPGRADE_REQUIRED" });
    const headers = { Upgrade: "websocket" };
    expect(await failure(await request(path, { headers }))).toEqual({ status: 401, code: "NOT_SIGNED_IN" });
  });

  it("[SOCK-3] ignores frames and fields it does not know", async () => {
    const { abhi, anny } = await pair();
    abhi.send({ type: "from-the-future", x: 1 });
    abhi.send({ type: "send", id: "m-1", body: "Hello", mood: "happy" });
    expect(await anny.frame("message")).not.toHaveProperty("mood");
  });

  it("[SOCK-4] a frame that can't be answered by id closes it; others are told of in a nack", async () => {
    const { abhi, anny } = await pair();
    abhi.send({ type: "edit", id: "e-1", seq: "one", body: "x" });
    expect(await abhi.frame("nack")).toMatchObject({ id: "e-1", code: "BODY_INVALID" });
    anny.send({ type: "read", seq: -5 });
    expect(await anny.closing()).toEqual({ code: 4000, reason: "PROTOCOL" });
  });

  it("[SOCK-5] that does not say hello within 10 s is closed", async () => {
    const hash = await register();
    const cookie = await login(hash, "Abhi");
    const started = performance.now();
    const socket = await connect(hash, cookie);
    expect(await socket.closing()).toEqual({ code: 4000, reason: "HELLO_TIMEOUT" });
    expect(performance.now() - started).toBeGreaterThan(9_000);
  });
});

import { env } from "cloudflare:workers";
import { listDurableObjectIds, runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { ENDPOINTS } from "../../protocol/endpoints.ts";
import { failure, login, pair, register, request } from "./pair.ts";

const REGISTER = "/chat-server/register/submit";

describe("a registration", () => {
  it.each([
    ["NAME_EMPTY", { userOne: "", userTwo: "Anny" }],
    ["NAME_EMPTY", { userOne: "   ", userTwo: "Anny" }],
    ["NAME_TOO_LONG", { userOne: "x".repeat(33), userTwo: "Anny" }],
    ["NAME_CHARACTERS", { userOne: "Abhi\u0007", userTwo: "Anny" }],
    ["NAME_CHARACTERS", { userOne: "\u202eAbhi", userTwo: "Anny" }],
    ["NAME_CHARACTERS", { userOne: "Abhi", userTwo: "Ab\u200bhi" }],
    ["NAME_CHARACTERS", { userOne: "Abhi", userTwo: "Abhi\u200d" }],
    ["NAME_CHARACTERS", { userOne: "Abhi", userTwo: "\u3164" }],
    ["NAME_CHARACTERS", { userOne: "Abhi", userTwo: "\ufe0f" }],
    ["NAME_CHARACTERS", { userOne: "Abhi", userTwo: "Abhi\ufe0f" }],
    ["NAME_CHARACTERS", { userOne: "Abhi", userTwo: "\u17b4" }],
    ["NAMES_EQUAL", { userOne: "Abhi", userTwo: "Abhi" }],
    ["NAMES_EQUAL", { userOne: "Abhi", userTwo: " aBHI " }],
    ["NAMES_EQUAL", { userOne: "Zoe\u0308", userTwo: "Zo\u00eb" }],
    ["BODY_INVALID", { userOne: "Abhi" }],
    ["BODY_INVALID", { userOne: "Abhi", userTwo: 7 }],
    ["BODY_INVALID", { userOne: "Abhi", userTwo: ["Anny"] }],
    ["BODY_INVALID", []],
    ["BODY_INVALID", null],
    ["BODY_INVALID", "Abhi"],
  ])("[REG-3] is refused with %s: %o", async (code, json) => {
    const known = (await listDurableObjectIds(env.CONVERSATION)).length;
    expect(await failure(await request(REGISTER, { json }))).toEqual({ status: 400, code });
    expect(await listDurableObjectIds(env.CONVERSATION)).toHaveLength(known);
  });

  it("[REG-4] keeps names as people write them", async () => {
    const response = await request(REGISTER, { json: { userOne: "  Zoe\u0308  B ", userTwo: "👩‍💻" } });
    expect(await response.json()).toMatchObject({ data: { userOne: "Zo\u00eb B", userTwo: "👩‍💻" } });
  });

  it("[HTTP-1] a body that is no JSON, none at all, of another type or too large has its own code", async () => {
    const json = { "Content-Type": "application/json" };
    const refused: [string, number, RequestInit & { headers: Record<string, string> }][] = [
      ["BAD_JSON", 400, { body: "{", headers: json }],
      ["BAD_JSON", 400, { headers: json }],
      ["UNSUPPORTED_MEDIA_TYPE", 415, { body: "{}", headers: { "Content-Type": "text/plain" } }],
      [
        "UNSUPPORTED_MEDIA_TYPE",
        415,
        { body: "a=b", headers: { "Content-Type": "application/x-www-form-urlencoded" } },
      ],
      ["BODY_TOO_LARGE", 413, { body: `"${"x".repeat(64 * 1024)}"`, headers: json }],
    ];
    for (const [code, status, { body, headers }] of refused) {
      const response = await request(REGISTER, { method: "POST", headers, ...(typeof body === "string" && { body }) });
      expect(await failure(response)).toEqual({ status, code });
    }
  });
});

describe("a login", () => {
  it("[LOGIN-2] of an unknown name, an unknown hash and no hash at all get one and the same answer", async () => {
    const hash = await register();
    const attempts = [
      ["Zed", hash],
      ["Abhi", "0".repeat(22)],
      ["Abhi", "nonsense"],
    ];
    const answers = [];
    for (const [userName, tried] of attempts) {
      const response = await request(`/chat-server/user/${userName}/login`, { json: { userName, hash: tried } });
      expect(response.headers.getSetCookie()).toEqual([]);
      const { error, ...body } = await response.json<{ error: { requestId: string } }>();
      answers.push({ ...body, error: { ...error, requestId: "" } });
    }
    expect(answers[0]).toMatchObject({ code: 401, error: { code: "LOGIN_FAILED" } });
    expect(answers).toEqual([answers[0], answers[0], answers[0]]);
  });

  it("[LOGIN-3] forgives case and spaces, and answers the name as registered", async () => {
    const hash = await register("Zo\u00eb", "Anny");
    const path = `/chat-server/user/${encodeURIComponent("ZOE\u0308")}/login`;
    const response = await request(path, { json: { userName: " zo\u00eb ", hash } });
    expect(await response.json()).toMatchObject({ data: { userName: "Zo\u00eb", peer: "Anny" } });
  });

  it("[LOGIN-4] whose path names somebody else is refused", async () => {
    const hash = await register();
    const response = await request("/chat-server/user/Anny/login", { json: { userName: "Abhi", hash } });
    expect(await failure(response)).toEqual({ status: 400, code: "NAME_MISMATCH" });
  });
});

describe("message_send", () => {
  it.each([
    ["HASH_MISMATCH", 400, { userHash: "0".repeat(22) }],
    ["SENDER_NOT_YOU", 400, { sender: "Anny", reciever: "Abhi" }],
    ["RECEIVER_NOT_PEER", 400, { reciever: "Abhi" }],
    ["RECEIVER_NOT_PEER", 400, { reciever: "Zed" }],
    ["NAME_EMPTY", 400, { reciever: "" }],
    ["BODY_INVALID", 400, { reciever: undefined }],
    ["MESSAGE_EMPTY", 400, { message: " \n " }],
    ["MESSAGE_TOO_LONG", 400, { message: "x".repeat(5_000) }],
    ["MESSAGE_CHARACTERS", 400, { message: "a\u0000" }],
    ["MESSAGE_ID_INVALID", 400, { id: "no spaces" }],
    ["MESSAGE_ID_INVALID", 400, { id: "x".repeat(65) }],
    ["TIMESTAMP_INVALID", 400, { timestamp: "yesterday" }],
    ["TIMESTAMP_INVALID", 400, { timestamp: {} }],
    ["TIMESTAMP_INVALID", 400, { timestamp: "hello 5" }],
    ["TIMESTAMP_INVALID", 400, { timestamp: "2025-02-31T00:00:00" }],
    ["TIMESTAMP_INVALID", 400, { timestamp: Number.MAX_SAFE_INTEGER }],
    ["MESSAGE_UNKNOWN", 404, { replyTo: 1 }],
  ])("[REST-3] is refused with %s %i: %o, and nothing is stored", async (code, status, wrong) => {
    const hash = await register();
    const cookie = await login(hash, "Abhi");
    const json = { userHash: hash, sender: "Abhi", reciever: "Anny", message: "Hello", ...wrong };
    expect(await failure(await request(`/chat-server/user/${hash}/message_send`, { cookie, json }))).toEqual({
      status,
      code,
    });
    const page = await request(`/chat-server/user/${hash}/messages`, { cookie });
    expect(await page.json()).toMatchObject({ data: { messages: [], head: 0 } });
  });

  it("[REST-4] with the same id is stored once; with another text it is a conflict", async () => {
    const hash = await register();
    const cookie = await login(hash, "Abhi");
    const send = (message: string) =>
      request(`/chat-server/user/${hash}/message_send`, {
        cookie,
        json: { userHash: hash, sender: "Abhi", reciever: "Anny", message, id: "m-1" },
      });
    const first = await (await send("Hello")).json();
    expect(await (await send("Hello")).json()).toEqual(first);
    expect(await failure(await send("Bye"))).toEqual({ status: 409, code: "ID_CONFLICT" });
  });

  it("[REST-5] reaches the other person's socket, and says whether they were there", async () => {
    const { hash, cookies, anny } = await pair();
    const json = { userHash: hash, sender: "Abhi", reciever: "Anny", message: "Hello", id: "m-1" };
    const response = await request(`/chat-server/user/${hash}/message_send`, { cookie: cookies[0], json });
    expect(await response.json()).toMatchObject({ data: { id: "m-1", seq: 1, delivered: true } });
    expect(await anny.frame("message")).toMatchObject({ id: "m-1", body: "Hello" });
  });
});

describe("a page of messages", () => {
  it.each([
    ["CURSOR_INVALID", "before=0"],
    ["CURSOR_INVALID", "before=-1"],
    ["CURSOR_INVALID", "before=abc"],
    ["CURSOR_INVALID", "before=99999999999999999999"],
    ["PAGE_LIMIT_INVALID", "limit=0"],
    ["PAGE_LIMIT_INVALID", "limit=101"],
    ["PAGE_LIMIT_INVALID", "limit=ten"],
  ])("[HIST-2] is refused with %s: ?%s", async (code, query) => {
    const hash = await register();
    const cookie = await login(hash, "Abhi");
    expect(await failure(await request(`/chat-server/user/${hash}/messages?${query}`, { cookie }))).toEqual({
      status: 400,
      code,
    });
  });
});

describe("paths", () => {
  it("[HTTP-2] an unknown one is NOT_FOUND, a wrong method METHOD_NOT_ALLOWED with `Allow`", async () => {
    expect(await failure(await request("/chat-server/nothing"))).toEqual({ status: 404, code: "NOT_FOUND" });
    // The metrics are not there at all unless they are asked for with their token (MET-2).
    const { metrics: _, ...rows } = ENDPOINTS;
    for (const { path, methods } of Object.values(rows)) {
      const response = await request(`/chat-server${path}`, { method: "DELETE" });
      expect(response.headers.get("Allow")).toBe(methods.join(", "));
      expect(await failure(response)).toEqual({ status: 405, code: "METHOD_NOT_ALLOWED" });
    }
  });

  it("[CHAT-1] an unknown hash is CHAT_UNKNOWN on GET /user/:hash alone, and probing it stores nothing", async () => {
    const hash = "0".repeat(22);
    for (const probed of [hash, "nonsense", "%00", "%E0%A4%A"]) {
      const response = await request(`/chat-server/user/${probed}`);
      expect(await failure(response)).toEqual({ status: 404, code: "CHAT_UNKNOWN" });
    }
    const message = await request(`/chat-server/user/${hash}/message_send`, { json: {} });
    expect(await failure(message)).toEqual({ status: 401, code: "NOT_SIGNED_IN" });
    const page = await request(`/chat-server/user/${hash}/messages`);
    expect(await failure(page)).toEqual({ status: 401, code: "NOT_SIGNED_IN" });
    await runInDurableObject(env.CONVERSATION.getByName(hash), (_, { storage }) => {
      expect(storage.sql.exec("select name from sqlite_master").toArray()).toEqual([]);
    });
  });

  it("[CHAT-2] GET /user/:hash tells the names, and who this browser is", async () => {
    const hash = await register();
    const cookie = await login(hash, "Anny");
    const data = { hash, users: ["Abhi", "Anny"], ended: false };
    expect(await (await request(`/chat-server/user/${hash}`)).json()).toMatchObject({ data: { ...data, self: null } });
    expect(await (await request(`/chat-server/user/${hash}`, { cookie })).json()).toMatchObject({
      data: { ...data, self: "Anny" },
    });
  });
});

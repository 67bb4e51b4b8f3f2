/** The seeds' own JSON, literally, with nothing but fetch. */
import { describe, expect, it } from "vitest";
import { cookieOf, request } from "./pair.ts";

async function registered(path = "/chat-server/register/submit"): Promise<{ hash: string; link: string }> {
  const response = await request(path, { json: { userOne: "Abhi", userTwo: "Anny" } });
  const { data } = await response.json<{ data: { hash: string; link: string } }>();
  return data;
}

describe("the pair chat's documents", () => {
  it("[REG-1] POST register: two names in, hash and link out", async () => {
    const response = await request("/chat-server/register/submit", { json: { userOne: "Abhi", userTwo: "Anny" } });
    expect(response.status).toBe(200);
    const body = await response.json();
    expect(body).toEqual({
      status: "success",
      code: 200,
      data: {
        userOne: "Abhi",
        userTwo: "Anny",
        hash: expect.stringMatching(/^[0-9A-Za-z]{22}$/),
        link: expect.stringMatching(/^http:\/\/duet\.test\/demo\/chat\/user\/[0-9A-Za-z]{22}$/),
      },
    });
  });

  it.each(["/chat-server/register", "/demo/chatapp/register", "/demo/chat/register"])(
    "[REG-2] %s is an alias",
    async (path) => {
      expect(await registered(path)).toMatchObject({ hash: expect.stringMatching(/^[0-9A-Za-z]{22}$/) });
    },
  );

  it.each(["userName", "user"])("[LOGIN-1] POST login with `%s` answers OK 200 and sets the cookie", async (field) => {
    const { hash } = await registered();
    const response = await request("/chat-server/user/Abhi/login", { json: { [field]: "Abhi", hash } });
    expect(await response.json()).toEqual({
      status: "OK",
      code: 200,
      data: { hash, userName: "Abhi", peer: "Anny", expiresAt: expect.any(Number) },
    });
    expect(cookieOf(response)).toMatch(new RegExp(`^duet_${hash}=`));
  });

  it.each([
    { sender: "Abhi", reciever: "Anny", timestamp: "2025-07-08T20:00:00" },
    { senderName: "Abhi", receiver: "Anny", timestamp: new Date().toISOString() },
    { sender: "Abhi", reciever: "Anny", timestamp: 1_751_997_600_000 },
    { sender: "Abhi", reciever: "Anny" },
  ])("[REST-1] POST message_send %o answers OK 200", async (people) => {
    const { hash } = await registered();
    const cookie = cookieOf(await request("/chat-server/user/Abhi/login", { json: { userName: "Abhi", hash } }));
    const response = await request(`/chat-server/user/${hash}/message_send`, {
      cookie,
      json: { userHash: hash, message: "Hello", ...people },
    });
    const body = await response.json();
    expect(body).toEqual({
      status: "OK",
      code: 200,
      data: { id: expect.any(String), seq: 1, at: expect.any(Number), delivered: false },
    });
  });

  it("[REST-2] a message that can't be sent answers Failed 400", async () => {
    const { hash } = await registered();
    const cookie = cookieOf(await request("/chat-server/user/Abhi/login", { json: { userName: "Abhi", hash } }));
    const response = await request(`/chat-server/user/${hash}/message_send`, {
      cookie,
      json: { userHash: hash, sender: "Abhi", reciever: "Anny", message: "", timestamp: "2025-07-08T20:00:00" },
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ status: "Failed", code: 400, error: { code: "MESSAGE_EMPTY" } });
  });

  it.each(["logout", "endchat"])("[END-1] GET and POST %s answer OK 200", async (verb) => {
    for (const method of ["GET", "POST"]) {
      const { hash } = await registered();
      const cookie = cookieOf(await request("/chat-server/user/Abhi/login", { json: { userName: "Abhi", hash } }));
      const response = await request(`/chat-server/user/${verb}`, { method, cookie });
      expect(await response.json()).toEqual({ status: "OK", code: 200 });
      expect(response.headers.getSetCookie().join()).toMatch(new RegExp(`duet_${hash}=; Max-Age=0`));
    }
  });

  it("[HIST-1] GET messages answers a page, newest first", async () => {
    const { hash } = await registered();
    const cookie = cookieOf(await request("/chat-server/user/Abhi/login", { json: { userName: "Abhi", hash } }));
    for (const message of ["one", "two", "three"]) {
      const json = { userHash: hash, sender: "Abhi", reciever: "Anny", message };
      await request(`/chat-server/user/${hash}/message_send`, { cookie, json });
    }
    const page = await request(`/chat-server/user/${hash}/messages?limit=2`, { cookie });
    const { data } = await page.json<{ data: { messages: { body: string }[]; nextCursor: string } }>();
    expect(data.messages.map(({ body }) => body)).toEqual(["three", "two"]);
    const rest = await request(`/chat-server/user/${hash}/messages?limit=2&before=${data.nextCursor}`, { cookie });
    expect(await rest.json()).toMatchObject({ data: { messages: [{ body: "one", seq: 1 }], nextCursor: null } });
  });
});

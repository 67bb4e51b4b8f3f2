/** Messages over HTTP. */
import { describe, expect, it } from "vitest";
import type { MessagesPage } from "../../../protocol/platform/conversations.ts";
import { failure } from "../pair.ts";
import { directPair } from "./account-socket.ts";
import { api, type Person, signUp } from "./people.ts";

function send(person: Person, id: string, content: string, more: object = {}): Promise<Response> {
  return api("POST", `/conversations/${id}/messages`, { token: person.token, json: { content, ...more } });
}

describe("messages over HTTP", () => {
  it("[CONV-9] are the same as over the socket: pushed at once, stored once for each id", async () => {
    const { id, alice, bob, b } = await directPair();
    const answer = await send(alice, id, "Hello", { id: "m-1" });
    expect(answer.status).toBe(201);
    expect(await answer.json()).toEqual({ id: "m-1", conversation_id: id, seq: 1, sent_at: expect.any(Number) });
    expect(await b.frame({ type: "message" })).toMatchObject({ id: "m-1", seq: 1, body: "Hello" });
    expect(await (await send(alice, id, "Hello", { id: "m-1" })).json()).toMatchObject({ seq: 1 });
    expect(await failure(await send(alice, id, "Other", { id: "m-1" }))).toEqual({ status: 409, code: "ID_CONFLICT" });
    expect((await send(bob, id, "Hi", { reply_to: 1 })).status).toBe(201);
    expect(await failure(await send(bob, id, "Hi", { reply_to: 9 }))).toEqual({
      status: 404,
      code: "MESSAGE_UNKNOWN",
    });
    for (const [body, code] of [
      [{ content: "" }, "MESSAGE_EMPTY"],
      [{ content: "x".repeat(4_001) }, "MESSAGE_TOO_LONG"],
      [{ content: "\u0000x" }, "MESSAGE_CHARACTERS"],
      [{ content: "x", id: "no id" }, "MESSAGE_ID_INVALID"],
      [{ content: 7 }, "BODY_INVALID"],
    ] as const) {
      const wrong = await api("POST", `/conversations/${id}/messages`, { token: alice.token, json: body });
      expect(await failure(wrong)).toEqual({ status: 400, code });
    }
  });

  it("[CONV-10] can be edited, deleted and reacted to, as over the socket", async () => {
    const { id, alice, bob, b } = await directPair();
    await send(alice, id, "Hello");
    const at = `/conversations/${id}/messages/1`;
    const edit = (person: Person) => api("PATCH", at, { token: person.token, json: { content: "Hello there" } });
    expect(await failure(await edit(bob))).toEqual({ status: 403, code: "MESSAGE_NOT_YOURS" });
    expect(await (await edit(alice)).json()).toMatchObject({ seq: 2 });
    expect((await api("PUT", `${at}/reaction`, { token: bob.token, json: { emoji: "👋" } })).status).toBe(204);
    const page = async () =>
      (await api("GET", `/conversations/${id}/messages`, { token: bob.token })).json<MessagesPage>();
    expect((await page()).messages).toMatchObject([
      { content: "Hello there", edited_at: expect.any(Number), reactions: { [bob.id]: "👋" } },
    ]);
    expect((await api("DELETE", `${at}/reaction`, { token: bob.token })).status).toBe(204);
    expect((await page()).messages).toMatchObject([{ reactions: {} }]);
    const emoji = await api("PUT", `${at}/reaction`, { token: bob.token, json: { emoji: "x" } });
    expect(await failure(emoji)).toEqual({ status: 400, code: "EMOJI_INVALID" });
    expect(await failure(await api("DELETE", at, { token: bob.token }))).toMatchObject({ code: "MESSAGE_NOT_YOURS" });
    for (const time of ["first", "again"]) {
      expect([time, (await api("DELETE", at, { token: alice.token })).status]).toEqual([time, 204]);
    }
    expect(await b.frame({ type: "deleted" })).toMatchObject({ target: 1 });
    expect(await failure(await api("DELETE", at, { token: bob.token }))).toMatchObject({ code: "MESSAGE_NOT_YOURS" });
    expect(await page()).toMatchObject({ head: 5, messages: [{ content: "", deleted_at: expect.any(Number) }] });
    expect(await failure(await edit(alice))).toEqual({ status: 410, code: "MESSAGE_DELETED" });
    for (const seq of ["0", "x", "99", "1.5", "-1"]) {
      const unknown = await api("DELETE", `/conversations/${id}/messages/${seq}`, { token: alice.token });
      expect(await failure(unknown)).toEqual({ status: 404, code: "MESSAGE_UNKNOWN" });
    }
  });

  it("[CONV-11] typing and reading are told to the others", async () => {
    const { id, alice, b } = await directPair();
    await send(alice, id, "Hello");
    const type = await api("POST", `/conversations/${id}/typing`, { token: alice.token, json: { on: true } });
    expect(type.status).toBe(204);
    expect(await b.frame({ type: "typing" })).toMatchObject({ name: alice.id, on: true });
    await api("POST", `/conversations/${id}/read`, { token: alice.token, json: { seq: 1 } });
    expect(await b.frame({ type: "receipt" })).toMatchObject({ name: alice.id, readSeq: 1 });
  });

  it("[CONV-12] who is not in a conversation gets one and the same answer as for none", async () => {
    const { id } = await directPair();
    const eve = await signUp("eve");
    const paths = [
      ["GET", "", undefined],
      ["PATCH", "", { name: "x", muted: true }],
      ["GET", "/messages", undefined],
      ["POST", "/messages", { content: "x" }],
      ["PATCH", "/messages/1", { content: "x" }],
      ["DELETE", "/messages/1", undefined],
      ["PUT", "/messages/1/reaction", { emoji: "👋" }],
      ["DELETE", "/messages/1/reaction", undefined],
      ["POST", "/read", { seq: 1 }],
      ["POST", "/typing", { on: true }],
      ["GET", "/members", undefined],
      ["POST", "/members", { account_ids: [eve.id] }],
      ["PATCH", `/members/${eve.id}`, { role: "owner" }],
      ["DELETE", "/members/me", undefined],
      ["GET", "/links", undefined],
      ["POST", "/links", {}],
      ["DELETE", `/links/${eve.id}`, undefined],
    ] as const;
    for (const [method, path, json] of paths) {
      for (const conversation of [id, crypto.randomUUID(), "x"]) {
        const answer = await api(method, `/conversations/${conversation}${path}`, { token: eve.token, json });
        expect({ method, path, ...(await failure(answer)) }).toEqual({
          method,
          path,
          status: 404,
          code: "CONVERSATION_UNKNOWN",
        });
      }
    }
  });
});

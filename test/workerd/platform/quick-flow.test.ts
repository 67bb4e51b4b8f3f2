/** The Quick Test Flow of the first documents, literally: fetch and bare WebSockets. */
import { expect, it } from "vitest";
import { request } from "../pair.ts";
import { API, freshUsername } from "./people.ts";
import { Device, upgrade } from "./account-socket.ts";

interface SignedUp {
  user: { id: string; email: string; username: string };
  tokens: { access_token: string; refresh_token: string };
}

function post(path: string, body: string, token?: string): Promise<Response> {
  const headers = { "Content-Type": "application/json", ...(token && { Authorization: `Bearer ${token}` }) };
  return request(API + path, { method: "POST", headers, body });
}

async function register(name: string): Promise<SignedUp> {
  const username = freshUsername(name);
  const answer = await post(
    "/auth/register",
    `{"email":"${username}@test.com","username":"${username}","password":"12345678"}`,
  );
  expect(answer.status).toBe(201);
  return answer.json();
}

async function wscat(query: string): Promise<Device> {
  const { webSocket } = await upgrade(`/chat-server/ws${query}`);
  if (!webSocket) throw new Error("No socket.");
  return new Device(webSocket);
}

it("[FLOW-1] two people register, become friends, begin a conversation, connect with ?token=, and one hears the other at once", async () => {
  // 1. Register two users
  const [alice, bob] = [await register("alice"), await register("bob")];
  // Ours: before people can write to each other, one invites the other, who accepts.
  const invited = await post("/invites", `{"kind":"friend","account_id":"${bob.user.id}"}`, alice.tokens.access_token);
  expect(invited.status).toBe(201);
  const { id: inviteId } = await invited.json<{ id: string }>();
  expect((await post(`/invites/${inviteId}/accept`, "", bob.tokens.access_token)).status).toBe(200);

  // 2. Create conversation (Alice creates with Bob)
  const created = await post("/conversations", `{"participant_id": "${bob.user.id}"}`, alice.tokens.access_token);
  expect(created.status).toBe(201);
  const { id } = await created.json<{ id: string }>();

  // 3. Connect both via WebSocket
  const a = await wscat(`?token=${alice.tokens.access_token}`);
  const b = await wscat(`?token=${bob.tokens.access_token}`);

  // 4. Alice sends message
  a.sendText(`{"conversation_id": "${id}", "content": "Hey Bob!"}`);

  // 5. Bob receives it in real-time!
  const received = await b.until(() => b.frames[0]);
  expect(received).toEqual({
    id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    conversation_id: id,
    sender_id: alice.user.id,
    sender_username: alice.user.username,
    content: "Hey Bob!",
    type: "text",
    sent_at: expect.any(Number),
  });
  // Whoever sent it sees it like everybody else.
  expect(await a.until(() => a.frames[0])).toEqual(received);

  // Get Messages (with cursor pagination)
  a.sendText(`{"conversation_id":"${id}","content":"Are you there?"}`);
  await b.frame({ content: "Are you there?" });
  const headers = { Authorization: `Bearer ${bob.tokens.access_token}` };
  const first = await request(`${API}/conversations/${id}/messages?limit=1`, { headers });
  const page = await first.json<{ messages: object[]; next_cursor: string }>();
  expect(page.messages).toMatchObject([{ content: "Are you there?", sender_id: alice.user.id, type: "text" }]);
  const next = await request(`${API}/conversations/${id}/messages?cursor=${page.next_cursor}&limit=1`, { headers });
  expect(await next.json()).toMatchObject({ messages: [received], next_cursor: null });

  // List Conversations
  const list = await request(`${API}/conversations`, { headers });
  expect(await list.json()).toMatchObject({
    conversations: [{ id, kind: "direct", unread_count: 2, participant: { username: alice.user.username } }],
    next_cursor: null,
  });
});

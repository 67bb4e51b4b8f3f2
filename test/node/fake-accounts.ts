/**
 * The platform's server in memory: accounts' sockets before conversations that are fake servers of their own, and as much
 * of the HTTP API as the SDK uses by itself.
 */
import { type Account, type AccountOptions, createAccount, memoryOutbox } from "../../client/account/index.ts";
import { PING } from "../../protocol/frames.ts";
import { API_V1, BASE_PATH } from "../../protocol/limits.ts";
import { type AccountPong, SUBPROTOCOL } from "../../protocol/platform/account-frames.ts";
import { type Conversation, type MessagesPage, toMessage } from "../../protocol/platform/conversations.ts";
import type { InboxEvent } from "../../protocol/platform/inbox-events.ts";
import { FakeDuet, failure, fold, later } from "./fake-duet.ts";
import { FakeSocket } from "./fake-socket.ts";

export interface FakePerson {
  id: string;
  username: string;
}

export const ALICE = { id: "7f3a1c52-4b0e-4a56-9d3c-2f1e8b6a9d10", username: "alice" };
export const BOB = { id: "0b7e1d1c-53a4-4f4e-8f57-6c6a0d1c9c11", username: "bob" };

const PEOPLE: FakePerson[] = [ALICE, BOB];

const usernameOf = (id: string) => PEOPLE.find((person) => person.id === id)?.username;

/** Seconds. */
const TOKEN_LIFE = 900;

/** A device's share in one conversation: the socket that the conversation's fake believes to have. */
class Port extends FakeSocket {
  readonly #device: FakeSocket;
  readonly #id: string;

  constructor(conversation: FakeDuet, device: FakeSocket, id: string) {
    super(conversation, device.name);
    this.#device = device;
    this.#id = id;
    // What happens in a conversation is pushed to all devices, whether or not they said hello to it.
    this.isGreeted = true;
    conversation.sockets.add(this);
  }

  override pushText(text: string): void {
    this.#device.pushText(`{"conversation_id":"${this.#id}",${text.slice(1)}`);
  }
}

export class FakeAccounts {
  readonly conversations = new Map<string, FakeDuet>();
  /** Ids that pages of the list lack: those move up while they are read. */
  readonly overtaken = new Set<string>();
  readonly sockets = new Set<FakeSocket>();
  /** What devices sent, pings excepted. */
  readonly received: Record<string, unknown>[] = [];
  /** Each as method and path below `/api/v1`. */
  readonly requests: string[] = [];
  readonly #ports = new Map<FakeSocket, Map<string, Port>>();
  readonly #tokens = new Map<string, FakePerson>();
  #tokenCount = 0;
  refreshes = 0;
  /** Sockets asked for. */
  dials = 0;
  /** Whether refresh tokens are taken. */
  refreshable = true;
  reachable = true;
  latency = () => 5;
  loses = () => false;

  /** A conversation of these people. */
  conversation(...people: FakePerson[]): { id: string; server: FakeDuet } {
    const id = crypto.randomUUID();
    const server = new FakeDuet();
    server.members.clear();
    for (const { id: name, username } of people) {
      const away = { online: false, lastSeen: null, readSeq: 0, deliveredSeq: 0 };
      server.members.set(name, { name, username, display_name: username.toUpperCase(), ...away });
    }
    this.conversations.set(id, server);
    return { id, server };
  }

  /** A client that nobody is logged in to yet. */
  client(options: AccountOptions = {}): Account {
    return createAccount({
      baseUrl: "http://duet.test",
      outbox: memoryOutbox(),
      fetch: (input, init) => this.#answer(new Request(input, init)),
      webSocket: (_url, _headers, protocols = []) => this.#open(protocols),
      ...options,
    });
  }

  /** No access token that was given is taken any more. */
  expireTokens(): void {
    this.#tokens.clear();
  }

  cut(): void {
    for (const socket of this.sockets) socket.cut();
  }

  end(code: number, reason: string): void {
    for (const socket of this.sockets) socket.end(code, reason);
  }

  notify(event: InboxEvent): void {
    for (const socket of this.sockets) socket.pushText(JSON.stringify(event));
  }

  hellos() {
    return this.received.filter(({ type }) => type === "hello");
  }

  receive(device: FakeSocket, text: string): void {
    if (text === PING) return device.pushText(JSON.stringify(this.#pong()));
    const frame = JSON.parse(text);
    this.received.push(frame);
    const { conversation_id: id, conversations = [], ...inner } = frame;
    if (id !== undefined) return this.#hand(device, id, inner);
    if (frame.type !== "hello") throw new Error(`Not for an account: ${text}`);
    this.#greet(device);
    for (const { conversation_id, ...position } of conversations) {
      this.#hand(device, conversation_id, { type: "hello", v: 1, ...position });
    }
  }

  #pong(): AccountPong {
    const stands = [...this.conversations].map(([conversation_id, { epoch, log }]) => ({
      conversation_id,
      epoch,
      head: log.length,
    }));
    return { type: "pong", conversations: stands };
  }

  #greet(device: FakeSocket): void {
    const ports = this.#ports.get(device) ?? new Map<string, Port>();
    this.#ports.set(device, ports);
    for (const [id, server] of this.conversations) if (!ports.has(id)) ports.set(id, new Port(server, device, id));
    const self = device.name;
    const username = PEOPLE.find(({ id }) => id === self)?.username;
    const conversations = Array.from(ports.keys(), (conversation_id) => ({ conversation_id, kind: "group" }));
    device.pushText(JSON.stringify({ type: "welcome", v: 1, self, username, conversations }));
  }

  #hand(device: FakeSocket, id: string, frame: object): void {
    const conversation = this.conversations.get(id);
    const port = this.#ports.get(device)?.get(id);
    if (conversation && port) return conversation.receive(port, JSON.stringify(frame));
    device.pushText(JSON.stringify({ type: "conversation", conversation_id: id, change: "removed" }));
  }

  #open([subprotocol, token = ""]: string[]): FakeSocket {
    this.dials++;
    const person = this.#tokens.get(token);
    const socket = new FakeSocket(this, person?.id ?? "");
    this.sockets.add(socket);
    if (this.reachable && person && subprotocol === SUBPROTOCOL) socket.accept();
    else socket.cut();
    return socket;
  }

  async #answer(request: Request): Promise<Response> {
    const url = new URL(request.url);
    const path = url.pathname.replace(BASE_PATH + API_V1, "");
    this.requests.push(`${request.method} ${path}`);
    await later(this.latency());
    if (!this.reachable) throw new TypeError("fetch failed");
    const answer = await this.#route(request, path, url.searchParams);
    // What was read waits on its way back.
    await later(this.latency());
    return answer;
  }

  async #route(request: Request, path: string, query: URLSearchParams): Promise<Response> {
    if (path === "/auth/login") {
      const { username } = await request.json();
      const person = PEOPLE.find((known) => known.username === username);
      if (!person) return failure("CREDENTIALS_WRONG", 401);
      return Response.json({ user: { ...person, email: `${username}@test.com` }, tokens: this.#issue(person) });
    }
    if (path === "/auth/refresh") {
      const { refresh_token } = await request.json();
      const person = PEOPLE.find(({ id }) => String(refresh_token).endsWith(id));
      if (!this.refreshable || !person) return failure("REFRESH_TOKEN_INVALID", 401);
      this.refreshes++;
      return Response.json({ tokens: this.#issue(person) });
    }
    const person = this.#tokens.get(request.headers.get("authorization")?.replace("Bearer ", "") ?? "");
    if (!person) return failure("UNAUTHENTICATED", 401);
    if (path === "/auth/logout") return Response.json({ status: "OK", code: 202 }, { status: 202 });
    if (path === "/auth/me") {
      const more = { display_name: "", email_verified: true, discoverable: false, created_at: 0 };
      return Response.json({ ...person, email: "", ...more });
    }
    if (path === "/conversations") {
      const all = Array.from(this.conversations, ([id, server]) => toSummary(id, server, person));
      const conversations = all.filter(({ id }) => !this.overtaken.has(id));
      return Response.json({ conversations, next_cursor: null });
    }
    const [, id = "", messages] = /^\/conversations\/([^/]+)(\/messages)?$/.exec(path) ?? [];
    const conversation = this.conversations.get(id);
    if (!conversation) return failure("CONVERSATION_UNKNOWN", 404);
    return Response.json(messages ? toPage(id, conversation, query) : toSummary(id, conversation, person));
  }

  #issue(person: FakePerson) {
    const access_token = `access-${++this.#tokenCount}`;
    this.#tokens.set(access_token, person);
    return { access_token, refresh_token: `${access_token} ${person.id}`, expires_in: TOKEN_LIFE };
  }
}

function toPage(conversation_id: string, conversation: FakeDuet, query: URLSearchParams): MessagesPage {
  const { messages, nextCursor: next_cursor, epoch, head } = conversation.page(query.get("cursor"));
  return {
    messages: messages.map((message) => toMessage(conversation_id, message, usernameOf(message.sender))),
    next_cursor,
    epoch,
    head,
  };
}

function toSummary(id: string, conversation: FakeDuet, person: FakePerson): Conversation {
  const messages = fold(conversation.log);
  const readSeq = conversation.members.get(person.id)?.readSeq ?? 0;
  const last = messages.at(-1);
  return {
    id,
    kind: "group",
    name: "Group",
    role: "member",
    muted: false,
    open: true,
    created_at: 0,
    member_count: conversation.members.size,
    participant: null,
    unread_count: messages.filter(({ sender, seq, body }) => sender !== person.id && seq > readSeq && body !== "")
      .length,
    last_message: last ? toMessage(id, last, usernameOf(last.sender)) : null,
    epoch: conversation.epoch,
    head: conversation.log.length,
  };
}

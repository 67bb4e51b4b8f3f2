/** Two people who chat, be it in a pair chat or as accounts in any kind of conversation: what holds there holds here. */
import type { ServerFrame } from "../../protocol/frames.ts";
import { SUBPROTOCOL } from "../../protocol/platform/account-frames.ts";
import { connect, login, register, request, TestSocket } from "./pair.ts";
import { direct, friends, group, room, upgrade } from "./platform/account-socket.ts";
import { api, type Person } from "./platform/people.ts";

export const KINDS = ["pair chat", "direct conversation", "group", "room"] as const;
export type Kind = (typeof KINDS)[number];

/** Kinds between accounts. */
export const ACCOUNT_KINDS = ["direct conversation", "group", "room"] as const;
export type AccountKind = (typeof ACCOUNT_KINDS)[number];

/** Which of the two. */
type Who = 0 | 1;

export interface Chat {
  /** Of a pair chat the hash, of another conversation the id: the name of its object. */
  hash: string;
  /** As the log has them. */
  names: [string, string];
  abhi: TestSocket;
  anny: TestSocket;
  /** One more socket, which has yet to say hello. */
  connect: (who: Who) => Promise<TestSocket>;
  /** Sends a message over HTTP. */
  post: (who: Who, text: string) => Promise<Response>;
  /** Reads a page of history. */
  page: (who: Who, query?: string) => Promise<Response>;
}

/** A new conversation of this kind, both people connected and live. */
export async function chatOf(kind: Kind): Promise<Chat> {
  const parts = await (kind === "pair chat" ? pairChat() : between(kind));
  const sockets: TestSocket[] = [];
  for (const who of [0, 1] as const) {
    const socket = await parts.connect(who);
    await socket.hello();
    sockets.push(socket);
  }
  const [abhi, anny] = sockets;
  if (!abhi || !anny) throw new Error("There are two.");
  return { ...parts, abhi, anny };
}

type Parts = Omit<Chat, "abhi" | "anny">;

async function pairChat(): Promise<Parts> {
  const hash = await register();
  const names: [string, string] = ["Abhi", "Anny"];
  const cookies: [string, string] = [await login(hash, names[0]), await login(hash, names[1])];
  return {
    hash,
    names,
    connect: (who) => connect(hash, cookies[who]),
    post: (who, message) => {
      const json = { userHash: hash, sender: names[who], reciever: names[1 - who], message };
      return request(`/chat-server/user/${hash}/message_send`, { cookie: cookies[who], json });
    },
    page: (who, query = "") => request(`/chat-server/user/${hash}/messages${query}`, { cookie: cookies[who] }),
  };
}

async function between(kind: AccountKind): Promise<Parts> {
  const { id, people } = await conversationOf(kind);
  return {
    hash: id,
    names: [people[0].id, people[1].id],
    connect: (who) => connectTo(id, people[who]),
    post: (who, content) =>
      api("POST", `/conversations/${id}/messages`, { token: people[who].token, json: { content } }),
    page: (who, query = "") => api("GET", `/conversations/${id}/messages${query}`, { token: people[who].token }),
  };
}

/** A new conversation of two; in a group or a room the first one is the owner. */
export async function conversationOf(kind: AccountKind): Promise<{ id: string; people: [Person, Person] }> {
  const [abhi, anny] = await friends("abhi", "anny");
  if (!abhi || !anny) throw new Error("Two were asked for.");
  return { id: await make(kind, abhi, anny), people: [abhi, anny] };
}

async function make(kind: AccountKind, abhi: Person, anny: Person): Promise<string> {
  if (kind === "direct conversation") return direct(abhi, anny);
  if (kind === "group") return group(abhi, anny);
  const id = await room(abhi);
  const joined = await api("POST", `/rooms/${id}/join`, { token: anny.token });
  if (!joined.ok) throw new Error(`Not joined: ${await joined.text()}`);
  return id;
}

/** A device of somebody's that speaks of one conversation only; it has yet to say hello. */
export async function connectTo(id: string, { token }: { token: string }): Promise<TestSocket> {
  const response = await upgrade("/chat-server/ws", { "Sec-WebSocket-Protocol": `${SUBPROTOCOL}, ${token}` });
  if (!response.webSocket) throw new Error(`No socket: ${await response.text()}`);
  return new ConversationSocket(response.webSocket, id);
}

/** One conversation's share of an account's socket: what is said on it is said there, and nothing else is heard. */
class ConversationSocket extends TestSocket {
  readonly #id: string;
  #hasGreeted = false;

  constructor(socket: WebSocket, id: string) {
    super(socket);
    this.#id = id;
  }

  override send(frame: object): void {
    const opening = { conversation_id: this.#id, ...frame };
    const isFirst = !this.#hasGreeted && "type" in frame && frame.type === "hello";
    this.#hasGreeted ||= isFirst;
    this.sendText(JSON.stringify(isFirst ? { ...frame, conversations: [opening] } : opening));
  }

  protected override read(text: string): ServerFrame | undefined {
    return JSON.parse(text).conversation_id === this.#id ? super.read(text) : undefined;
  }
}

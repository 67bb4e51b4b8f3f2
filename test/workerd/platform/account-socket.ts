/** Drives the account socket as a device would, from inside the runtime. */
import { env } from "cloudflare:workers";
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { expect } from "vitest";
import { friendships } from "../../../drizzle/friends-schema.ts";
import { SUBPROTOCOL } from "../../../protocol/platform/account-frames.ts";
import { request } from "../pair.ts";
import { RecordingSocket } from "../recording-socket.ts";
import { db } from "../stores.ts";
import { api, type Person, signUp } from "./people.ts";

/** Any frame: which there are, the tests say. */
interface Frame {
  type: string;
  conversation_id?: string;
  [field: string]: unknown;
}

export class Device extends RecordingSocket<Frame> {
  protected override read(text: string): Frame {
    return JSON.parse(text);
  }

  /** The first frame that has these fields, past or to come. */
  frame(fields: object): Promise<Frame> {
    return this.until(() => this.frames.find((frame) => has(frame, fields)));
  }

  /** Every frame so far that has these fields. */
  all(fields: object): Frame[] {
    return this.frames.filter((frame) => has(frame, fields));
  }

  async hello(...conversations: { conversation_id: string; epoch?: unknown; since?: number }[]): Promise<Frame> {
    this.send({ type: "hello", v: 1, conversations });
    const welcome = await this.frame({ type: "welcome" });
    for (const { conversation_id } of conversations) await this.frame({ type: "live", conversation_id });
    return welcome;
  }

  /** Sends a message and waits for its ack. */
  async say(conversation_id: string, body: string, id: string = crypto.randomUUID()): Promise<Frame> {
    this.send({ type: "send", conversation_id, id, body });
    return this.frame({ type: "ack", id });
  }
}

function has(frame: Frame, fields: object): boolean {
  return Object.entries(fields).every(([name, value]) => JSON.stringify(frame[name]) === JSON.stringify(value));
}

/** @param path - `/chat-server/ws` with its query */
export function upgrade(path: string, headers: Record<string, string> = {}): Promise<Response> {
  return request(path, { headers: { Upgrade: "websocket", ...headers } });
}

/** Opens a socket with the token in the subprotocols; the device has yet to say `hello`. */
export async function open({ token }: { token: string }): Promise<Device> {
  const response = await upgrade("/chat-server/ws", { "Sec-WebSocket-Protocol": `${SUBPROTOCOL}, ${token}` });
  if (!response.webSocket) throw new Error(`No socket: ${await response.text()}`);
  expect(response.headers.get("Sec-WebSocket-Protocol")).toBe(SUBPROTOCOL);
  return new Device(response.webSocket);
}

/** A device that is live, in the conversations named. */
export async function connect(person: { token: string }, ...ids: string[]): Promise<Device> {
  const device = await open(person);
  await device.hello(...ids.map((conversation_id) => ({ conversation_id })));
  return device;
}

export async function befriend(...people: Person[]): Promise<void> {
  const pairs = people.flatMap(({ id: a }, index) => people.slice(index + 1).map(({ id: b }) => [a, b].toSorted()));
  const rows = pairs.map(([low = "", high = ""]) => ({ low, high, createdAt: new Date() }));
  if (rows.length > 0) await db.insert(friendships).values(rows).onConflictDoNothing();
}

/** People who are all friends of each other. */
export async function friends(...names: string[]): Promise<Person[]> {
  const people = await Promise.all(names.map((name) => signUp(name)));
  await befriend(...people);
  return people;
}

async function created(response: Response): Promise<string> {
  if (!response.ok) throw new Error(`Not made: ${await response.text()}`);
  const { id } = await response.json<{ id: string }>();
  return id;
}

/** @returns the id of the direct conversation of two friends */
export async function direct(one: Person, other: Person): Promise<string> {
  return created(await api("POST", "/conversations", { token: one.token, json: { participant_id: other.id } }));
}

/** @returns the id of a new group of the owner's */
export async function group(owner: Person, ...others: Person[]): Promise<string> {
  const json = { name: "My Group", participant_ids: others.map(({ id }) => id) };
  return created(await api("POST", "/conversations", { token: owner.token, json }));
}

/** @returns the id of a new room */
export async function room(owner: Person, name = "Lobby"): Promise<string> {
  return created(await api("POST", "/rooms", { token: owner.token, json: { name } }));
}

/** Two friends in a direct conversation, each with one device that is live in it. */
export async function directPair() {
  const [alice, bob] = await friends("alice", "bob");
  if (!alice || !bob) throw new Error("Two were asked for.");
  const id = await direct(alice, bob);
  return { id, alice, bob, a: await connect(alice, id), b: await connect(bob, id) };
}

export function conversationStub(id: string) {
  return env.CONVERSATION.getByName(id);
}

export function inboxStub(accountId: string) {
  return env.INBOX.getByName(accountId);
}

/** Puts an object to sleep; the sockets that it has stay open. */
export function evict(stub: DurableObjectStub): Promise<void> {
  return evictDurableObject(stub);
}

/** Makes a verb of one object do something else, until the returned function is called. */
export async function disturb(stub: DurableObjectStub, verb: string, act: (pass: () => unknown) => unknown) {
  return runInDurableObject(stub, (object) => {
    const prototype: object = Object.getPrototypeOf(object);
    const original: unknown = Reflect.get(prototype, verb);
    if (typeof original !== "function") throw new Error(`No verb: ${verb}`);
    // On the prototype, because an object's own properties can't be called from elsewhere.
    const replace = (value: unknown) =>
      Object.defineProperty(prototype, verb, { value, configurable: true, writable: true });
    replace(function disturbed(this: unknown, ...parameters: unknown[]) {
      const pass = () => Reflect.apply(original, this, parameters);
      return this === object ? act(pass) : pass();
    });
    return () => void replace(original);
  });
}

/** How often a verb of an object is called from now on. @returns how to read the count */
export async function countCalls(stub: DurableObjectStub, verb: string): Promise<() => number> {
  let count = 0;
  await disturb(stub, verb, (pass) => {
    count += 1;
    return pass();
  });
  return () => count;
}

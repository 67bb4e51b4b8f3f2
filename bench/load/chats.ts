/** Opens chats at a contestant: two people, signed in where there is something to sign in to. */
import { createDuet, memoryOutbox, until } from "../../client/index.ts";
import { PING } from "../../protocol/frames.ts";
import { BareSocket } from "./bare-socket.ts";
import { type Dialect, DIALECTS } from "./dialects.ts";
import type { Contestant } from "./scenario.ts";

/** What a driver wants to hear of a chat. */
export interface Listener {
  stored(id: string): void;
  refused(id: string): void;
  /** Called once for each socket that a message arrives at, that of its sender included where it does. */
  arrived(id: string, isSender: boolean): void;
}

export interface Chat {
  /** Sends a message as the first of the two. Returns its id. */
  send(body: string): string;
  /** How many sockets other than the sending one get every message. */
  audience: number;
  /** Stops the pings: nothing is sent any more that nobody asked for. */
  silence(): void;
  close(): void;
}

/** Chats that are opened at the same time. */
const OPENING = 20;
/** How often a client says that it is there, and what it has received: as the SDK does. */
const PING_MS = 20_000;
const DELIVERED_MS = 1_000;
/** With it, ids are as long as the SDK's: short texts are cheaper to parse, or dearer, but not what people send. */
const ID_START = "4f3Hx9-dKq_7TzW";
let lastId = 100_000;
let lastRoom = 0;

interface Options {
  contestant: Contestant;
  url: string;
  chats: number;
  /** Sockets of each of the two people. */
  socketsEach: number;
}

/** Opens all the chats of a scenario, some at a time. */
export async function openChats(options: Options, listener: Listener): Promise<Chat[]> {
  const open: Chat[] = [];
  while (open.length < options.chats) {
    const size = Math.min(OPENING, options.chats - open.length);
    open.push(...(await Promise.all(Array.from({ length: size }, () => openChat(options, listener)))));
  }
  return open;
}

function openChat({ contestant, url, socketsEach }: Options, listener: Listener): Promise<Chat> {
  return contestant === "duet-sdk" ? openSdkChat(url, listener) : openBareChat(contestant, url, socketsEach, listener);
}

async function openBareChat(
  contestant: keyof typeof DIALECTS,
  url: string,
  socketsEach: number,
  listener: Listener,
): Promise<Chat> {
  const dialect = DIALECTS[contestant];
  const doors = contestant === "duet" ? await registerAtDuet(url) : roomDoors(contestant, url);
  const sockets: BareSocket[] = [];
  for (const door of doors) {
    for (let i = 0; i < socketsEach; i += 1) {
      const socket = await BareSocket.open(door.url, door.headers);
      socket.onLost = (why) => {
        throw new Error(`${contestant} dropped a socket. ${why}`);
      };
      await greet(socket, dialect);
      sockets.push(socket);
    }
  }
  const [sender, ...others] = sockets;
  if (!sender) throw new RangeError("Somebody has to send.");
  listenAsSender(sender, dialect, listener);
  const isOther = (index: number) => index + 1 >= socketsEach;
  const told = others.map((socket, index) =>
    listenAsAudience(socket, dialect, listener, contestant === "duet" && isOther(index)),
  );
  const pings = dialect.pings ? setInterval(() => sockets.forEach((socket) => socket.send(PING)), PING_MS) : undefined;
  return {
    send(body) {
      const id = `${ID_START}${(lastId += 1)}`;
      sender.send(dialect.send(id, body));
      return id;
    },
    audience: others.length,
    silence: () => clearInterval(pings),
    close() {
      clearInterval(pings);
      for (const stop of told) stop();
      for (const socket of sockets) socket.close();
    },
  };
}

interface Door {
  url: string;
  headers: Record<string, string>;
}

/** Where each of the two gets a socket; the contestants without accounts take any name. */
function roomDoors(contestant: Contestant, url: string): Door[] {
  const room = `room-${process.pid}-${(lastRoom += 1)}`;
  const base = url.replace("http", "ws");
  return ["Abhi", "Anny"].map((name) => ({
    url:
      contestant === "socket.io"
        ? `${base}/socket.io/?EIO=4&transport=websocket&room=${room}&name=${name}`
        : `${base}/${room}?name=${name}`,
    headers: {},
  }));
}

async function registerAtDuet(url: string): Promise<Door[]> {
  const [userOne, userTwo] = ["Abhi", "Anny"];
  const { hash } = await createDuet({ baseUrl: url }).register({ userOne, userTwo });
  return Promise.all(
    [userOne, userTwo].map(async (userName) => {
      let door: Door | undefined;
      // The SDK keeps the session to itself: its socket is where it shows it.
      const webSocket = (socketUrl: string, headers: Record<string, string>) => {
        door = { url: socketUrl, headers };
        return { addEventListener: () => undefined, send: () => undefined, close: () => undefined };
      };
      const duet = createDuet({ baseUrl: url, webSocket });
      await duet.login({ hash, userName });
      const conversation = duet.open(hash);
      conversation.connect();
      conversation.close();
      if (!door) throw new Error("The SDK opened no socket.");
      return door;
    }),
  );
}

async function greet(socket: BareSocket, { hello, hear }: Dialect): Promise<void> {
  if (hello === undefined) return;
  const ready = new Promise<void>((resolve) => {
    socket.onText = (text) => {
      if (hear(text).kind === "ready") resolve();
    };
  });
  socket.send(hello);
  await ready;
}

function listenAsSender(socket: BareSocket, dialect: Dialect, listener: Listener): void {
  socket.onText = (text) => {
    const { kind, id } = dialect.hear(text);
    if (kind === "ping") socket.send("3");
    if (id === undefined) return;
    if (kind === "push") listener.arrived(id, true);
    if (kind === "ack" || (kind === "push" && !dialect.acknowledges)) listener.stored(id);
    if (kind === "refused") listener.refused(id);
  };
}

/** @returns how to stop telling the server what was delivered */
function listenAsAudience(socket: BareSocket, dialect: Dialect, listener: Listener, tells: boolean): () => void {
  let deliveredSeq = 0;
  let toldSeq = 0;
  socket.onText = (text) => {
    const { kind, id, seq } = dialect.hear(text);
    if (kind === "ping") socket.send("3");
    if (kind !== "push" || id === undefined) return;
    deliveredSeq = seq ?? 0;
    listener.arrived(id, false);
  };
  if (!tells) return () => undefined;
  const timer = setInterval(() => {
    if (deliveredSeq === toldSeq) return;
    toldSeq = deliveredSeq;
    socket.send(JSON.stringify({ type: "delivered", seq: toldSeq }));
  }, DELIVERED_MS);
  return () => clearInterval(timer);
}

async function openSdkChat(url: string, listener: Listener): Promise<Chat> {
  const [userOne, userTwo] = ["Abhi", "Anny"];
  const { hash } = await createDuet({ baseUrl: url }).register({ userOne, userTwo });
  const [sender, receiver] = await Promise.all(
    [userOne, userTwo].map(async (userName) => {
      const duet = createDuet({ baseUrl: url, outbox: memoryOutbox() });
      await duet.login({ hash, userName });
      const conversation = duet.open(hash);
      conversation.connect();
      await until(conversation, ({ status, loaded }) => status === "live" && loaded, 30_000);
      return conversation;
    }),
  );
  if (!sender || !receiver) throw new RangeError("A chat has two people.");
  let stored = 0;
  let arrived = 0;
  sender.subscribe(() => {
    const { messages } = sender.getView();
    for (; messages[stored]?.seq !== undefined; stored += 1) listener.stored(messages[stored]?.id ?? "");
  });
  receiver.subscribe(() => {
    const { messages } = receiver.getView();
    for (; arrived < messages.length; arrived += 1) listener.arrived(messages[arrived]?.id ?? "", false);
  });
  return {
    send: (body) => sender.send(body),
    audience: 1,
    silence: () => undefined,
    close() {
      sender.close();
      receiver.close();
    },
  };
}

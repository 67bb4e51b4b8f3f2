/** A thousand people cut off at one moment (guarantee O8). The reconnecting is the SDK's own. */
import { createServer } from "node:http";
import { once } from "node:events";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, expect, it, vi } from "vitest";
import { createDuet, until } from "../../client/index.ts";
import { type OpaqueEvent, readFrame } from "../../client/incoming.ts";
import type { LineHandlers } from "../../client/line.ts";
import { Connection } from "../../client/socket.ts";
import { Transport, type WebSocketLike } from "../../client/transport.ts";
import { type Stack, startStack } from "../../dev/stack.ts";
import type { ServerFrame } from "../../protocol/frames.ts";
import { Answer, LoginData } from "../../protocol/http.ts";
import { FaultProxy } from "./fault-proxy.ts";
import { UNLIMITED } from "./pair.ts";

const CHATS = 50;
const SOCKETS_EACH = 10;
const HERD = CHATS * 2 * SOCKETS_EACH;
const EVENTS = 8;
/** Timers count whole milliseconds, and not from the clock's: beyond that, from when the event loop's turn began. */
const EARLY_MS = 5;
/** A connection that lasted this long begins with the shortest pauses again. */
const STABLE_MS = 10_000;

let stack: Stack;
let line: FaultProxy;
/** Statements that Postgres was sent. */
const statements: string[] = [];
const closing: (() => void)[] = [];

beforeAll(async () => {
  stack = await startStack({
    runtime: "workerd",
    // The limit of hellos follows that of sockets; what is looked at here is the herd's own behaviour.
    vars: { ...UNLIMITED, ARCHIVE_DELAY_MS: "500", SOCKETS_PER_PERSON: "1000" },
    between: (store, port) => (store === "postgres" ? listenIn(port) : Promise.resolve(port)),
  });
  line = await FaultProxy.start(Number(new URL(stack.url).port));
});

afterEach(() => {
  vi.restoreAllMocks();
});

afterAll(async () => {
  for (const close of closing) close();
  line.stop();
  await stack.stop();
});

/** Passes requests on to the stand-in for Neon, and keeps what they ask. */
async function listenIn(port: number): Promise<number> {
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const body = Buffer.concat(parts).toString();
      statements.push(
        ...Array.from(body.matchAll(/"query":"\s*(?:\\n\s*)?(\w+)/g), ([, verb = ""]) => verb.toLowerCase()),
      );
      const headers = Object.fromEntries(
        Object.entries(request.headers).flatMap(([name, value]) =>
          typeof value === "string" && !["host", "connection", "content-length"].includes(name) ? [[name, value]] : [],
        ),
      );
      fetch(`http://127.0.0.1:${port}${request.url}`, { method: "POST", headers, body }).then(
        async (answer) =>
          response.writeHead(answer.status, { "content-type": "application/json" }).end(await answer.text()),
        () => response.destroy(),
      );
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closing.push(() => server.close());
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The listener has no port.");
  return address.port;
}

/** One of the herd: a connection that remembers where it is, and what its returns were like. */
class Sheep {
  readonly connection: Connection<ServerFrame | OpaqueEvent>;
  /** Milliseconds that it meant to wait, by number of the attempt since the cut. */
  pauses: number[] = [];
  isLive = false;
  /** When it meant to dial the connection that came about, and when it did. */
  plannedAt = 0;
  dialledAt = 0;
  backAt = 0;
  recovered: boolean | undefined;
  #epoch: string | undefined;
  #seq = 0;

  constructor(open: () => WebSocketLike) {
    const handlers: LineHandlers = {
      position: () => (this.#epoch === undefined ? {} : { epoch: this.#epoch, since: this.#seq }),
      frame: (frame) => {
        if (frame.type === "welcome") {
          this.recovered = frame.recovered;
          // A newcomer starts from the first event: so each return has something to catch up with.
          if (this.#epoch === undefined) this.#seq = 0;
          this.#epoch = frame.epoch;
        }
        if (frame.type === "message") this.#seq = Math.max(this.#seq, frame.seq);
        if (frame.type === "live") {
          this.isLive = true;
          this.backAt = Date.now();
        }
      },
      lost: (retryAt) => {
        this.isLive = false;
        this.plannedAt = retryAt;
        this.pauses.push(retryAt - Date.now());
      },
      closed: (reason) => {
        throw new Error(`Closed for good: ${reason}`);
      },
    };
    this.connection = new Connection(handlers, {
      open: () => {
        this.dialledAt = Date.now();
        return open();
      },
      read: readFrame,
      pingMs: undefined,
    });
    closing.push(() => this.connection.stop());
    this.connection.start();
  }

  get seq(): number {
    return this.#seq;
  }

  /** Forgets what it has received, as if it had been away all the while. */
  forget(): void {
    this.#seq = 0;
    this.pauses = [];
  }
}

async function gather(): Promise<Sheep[]> {
  const herd: Sheep[] = [];
  for (let count = 0; count < CHATS; count += 1) {
    const { hash } = await createDuet({ baseUrl: stack.url }).register({ userOne: "Abhi", userTwo: "Anny" });
    const duet = createDuet({ baseUrl: stack.url });
    await duet.login({ hash, userName: "Abhi" });
    const conversation = duet.open(hash);
    conversation.connect();
    for (let sent = 0; sent < EVENTS; sent += 1) conversation.send(`event ${sent}`);
    await until(conversation, ({ messages }) => messages.filter(({ seq }) => seq).length === EVENTS, 60_000);
    conversation.close();
    for (const userName of ["Abhi", "Anny"]) {
      const transport = new Transport({ baseUrl: line.url });
      await transport.call("POST", `/user/${userName}/login`, Answer(LoginData), { userName, hash });
      for (let socket = 0; socket < SOCKETS_EACH; socket += 1)
        herd.push(new Sheep(() => transport.open(`/user/${hash}/ws`)));
    }
  }
  await untilLive(herd);
  return herd;
}

function untilLive(herd: readonly Sheep[]): Promise<unknown> {
  return vi.waitUntil(() => herd.every(({ isLive }) => isLive), { timeout: 120_000, interval: 50 });
}

/** Waits until Postgres has everything, and nobody remembers a connection that failed. */
async function untilCalm(herd: readonly Sheep[]): Promise<void> {
  let before: number;
  do {
    before = statements.length;
    await sleep(1_500);
  } while (statements.length !== before);
  const hurt = herd.filter(({ pauses }) => pauses.length > 0).map(({ backAt }) => backAt);
  await sleep(Math.max(0, Math.max(0, ...hurt) + STABLE_MS - Date.now()));
}

/** Cuts everybody off for two seconds. @returns the largest part of the herd that got in after equal pauses, to 100 ms */
async function cutAndReturn(herd: readonly Sheep[]): Promise<number> {
  const turns = monitorEventLoopDelay({ resolution: 1 });
  turns.enable();
  for (const sheep of herd) sheep.forget();
  line.line = "refusing";
  line.cut();
  await sleep(2_000);
  // On a slow machine it takes longer until all have knocked in vain.
  await vi.waitUntil(() => herd.every(({ pauses }) => pauses.length > 2), 60_000);
  line.heal();
  await untilLive(herd);
  turns.disable();
  const earlyMs = EARLY_MS + turns.max / 1_000_000;
  const windows = new Map<number, number>();
  // As planned: each has a machine of its own, and only here do a thousand wait for one processor.
  for (const { plannedAt, dialledAt, pauses } of herd) {
    expect(dialledAt).toBeGreaterThan(plannedAt - earlyMs);
    const window = Math.floor(sumOf(pauses) / 100);
    windows.set(window, (windows.get(window) ?? 0) + 1);
  }
  return Math.max(...windows.values()) / herd.length;
}

function sumOf(pauses: readonly number[]): number {
  return pauses.reduce((sum, pause) => sum + pause, 0);
}

it(`[O8] ${HERD} sockets cut at once come back spread out, by resuming, without a read from Postgres`, async () => {
  const herd = await gather();
  expect(herd).toHaveLength(HERD);
  // Then all is archived, so that a read could be tempting.
  await untilCalm(herd);
  statements.length = 0;
  const started = Date.now();
  const peak = await cutAndReturn(herd);
  const took = Math.max(...herd.map(({ backAt }) => backAt)) - started;
  expect(herd.filter(({ recovered }) => recovered !== true)).toHaveLength(0);
  expect(herd.filter(({ seq }) => seq !== EVENTS)).toHaveLength(0);
  expect(statements.filter((verb) => verb === "select" || verb === "with")).toEqual([]);

  // Full jitter: each pause anywhere below a ceiling that doubles.
  const attempts = Math.max(...herd.map(({ pauses }) => pauses.length));
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const ceiling = Math.min(30_000, 250 * 2 ** attempt);
    const pauses = herd.flatMap((sheep) => sheep.pauses[attempt] ?? []);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(ceiling);
    if (pauses.length < HERD / 2) continue;
    const mean = sumOf(pauses) / pauses.length;
    expect(Math.abs(mean / ceiling - 0.5)).toBeLessThan(0.1);
  }
  console.log(`O8: ${HERD} back within ${took} ms of the cut, at most ${Math.round(peak * 100)} % of them in 100 ms`);
  expect(peak).toBeLessThan(0.2);

  // Control: without jitter most of them stand at the door at the same moment.
  vi.spyOn(Math, "random").mockReturnValue(0.5);
  const stampede = await cutAndReturn(herd);
  console.log(`O8: without jitter ${Math.round(stampede * 100)} % in 100 ms`);
  expect(stampede).toBeGreaterThan(1.5 * peak);
}, 300_000);

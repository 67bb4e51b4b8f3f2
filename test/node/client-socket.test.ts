import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type OpaqueEvent, readFrame } from "../../client/incoming.ts";
import { Connection } from "../../client/socket.ts";
import { FATAL_CLOSE, PING, type ServerFrame } from "../../protocol/frames.ts";
import { BareSocket } from "./bare-socket.ts";

const LOG = { epoch: "e", head: 0 };
const WELCOME: ServerFrame = { type: "welcome", v: 1, recovered: true, self: "Abhi", members: [], ...LOG };
const PONG: ServerFrame = { type: "pong", ...LOG };

let sockets: BareSocket[];
let waits: number[];
let refusals: number[];
let frames: unknown[];
let reasons: string[];
let connection: Connection<ServerFrame | OpaqueEvent>;

/** The newest. */
function socket(): BareSocket {
  const last = sockets.at(-1);
  if (!last) throw new Error("No socket was opened.");
  return last;
}

function goLive(): void {
  socket().open();
  socket().hear(WELCOME);
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(Math, "random").mockReturnValue(0.999_999);
  sockets = [];
  waits = [];
  refusals = [];
  frames = [];
  reasons = [];
  connection = new Connection(
    {
      position: () => ({ epoch: "e", since: 7 }),
      frame: (frame) => frames.push(frame),
      lost: (retryAt, count) => {
        waits.push(Math.round(retryAt - Date.now()));
        refusals.push(count);
      },
      closed: (reason) => reasons.push(reason),
    },
    {
      open: () => {
        sockets.push(new BareSocket());
        return socket();
      },
      read: readFrame,
      pingMs: undefined,
    },
  );
});

afterEach(() => {
  connection.stop();
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

describe("dialling", () => {
  test("[RESUME-11] says hello first, with where the log stands, and nothing else before the welcome", () => {
    connection.start();
    connection.start();
    expect(sockets).toHaveLength(1);
    socket().open();
    connection.send({ type: "typing", on: true });
    expect(socket().sent).toEqual(['{"type":"hello","v":1,"epoch":"e","since":7}']);
    socket().hear(WELCOME);
    connection.send({ type: "typing", on: true });
    expect(socket().sent).toHaveLength(2);
  });

  test("[RESUME-17] waits up to 250 ms, doubling up to 30 s, at random, and counts refusals", () => {
    connection.start();
    for (let n = 0; n < 10; n++) {
      socket().end();
      vi.runOnlyPendingTimers();
    }
    expect(waits).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
    expect(refusals).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    vi.spyOn(Math, "random").mockReturnValue(0.5);
    socket().end();
    expect(waits.at(-1)).toBe(15_000);
  });

  test("[RESUME-17] starts afresh only after a connection that lasted", () => {
    connection.start();
    socket().end();
    vi.runOnlyPendingTimers();
    goLive();
    vi.advanceTimersByTime(9_000);
    socket().end();
    vi.runOnlyPendingTimers();
    goLive();
    vi.advanceTimersByTime(10_000);
    socket().end();
    expect(waits).toEqual([250, 500, 250]);
    expect(refusals).toEqual([1, 0, 0]);
  });

  test("[RESUME-17] gives up on a handshake or a welcome after 10 s", () => {
    connection.start();
    vi.advanceTimersByTime(10_000);
    expect(sockets[0]?.isClosed).toBe(true);
    vi.advanceTimersByTime(250);
    socket().open();
    vi.advanceTimersByTime(10_000);
    expect(sockets[1]?.isClosed).toBe(true);
    expect(waits).toHaveLength(2);
  });

  test("[CLOSE-3] a socket that was given up is not heard any more", () => {
    connection.start();
    goLive();
    connection.redial();
    const [old] = sockets;
    old?.hear(PONG);
    old?.end(FATAL_CLOSE, "ENDED");
    expect(reasons).toEqual([]);
    expect(frames).toEqual([WELCOME]);
  });
});

describe("the heartbeat", () => {
  test("[PING-11] is the exact ping text every 20 s", () => {
    connection.start();
    goLive();
    for (let n = 1; n <= 3; n++) {
      vi.advanceTimersByTime(20_000);
      expect(socket().sent.filter((text) => text === PING)).toHaveLength(n);
      socket().hear(PONG);
    }
    expect(sockets).toHaveLength(1);
  });

  test("[PING-11] without an answer for 10 s, the socket is dropped and another one dialled", () => {
    connection.start();
    goLive();
    vi.advanceTimersByTime(29_999);
    expect(socket().isClosed).toBe(false);
    vi.advanceTimersByTime(1);
    expect(socket().isClosed).toBe(true);
    vi.advanceTimersByTime(250);
    expect(sockets).toHaveLength(2);
  });

  test("[PING-11] anything that arrives is an answer: a slow line may be busy with a long replay", () => {
    connection.start();
    goLive();
    vi.advanceTimersByTime(25_000);
    socket().hear({ type: "live", head: 0 });
    vi.advanceTimersByTime(20_000);
    expect(sockets).toHaveLength(1);
  });

  test("[VIEW-2] frames and fields of a newer server are ignored", () => {
    connection.start();
    goLive();
    socket().hear('{"type":"hologram","depth":3}');
    socket().hear("not JSON");
    socket().hear(JSON.stringify({ ...PONG, news: true }));
    // What has a place in the log keeps it, known or not: else it would look like a hole.
    socket().hear('{"type":"hologram","seq":1,"sender":"Anny","at":1}');
    expect(frames).toEqual([WELCOME, PONG, { type: "opaque", seq: 1 }]);
  });
});

describe("in a browser", () => {
  /** A window that knows events, a page that may be hidden, and whether there is a network. */
  function stubBrowser() {
    const target = new EventTarget();
    const page = { visibilityState: "visible" };
    const network = { onLine: true };
    vi.stubGlobal("addEventListener", target.addEventListener.bind(target));
    vi.stubGlobal("removeEventListener", target.removeEventListener.bind(target));
    vi.stubGlobal("document", page);
    vi.stubGlobal("navigator", network);
    return { page, network, fire: (event: string) => target.dispatchEvent(new Event(event)) };
  }

  test.each(["online", "pageshow", "visibilitychange"])("[RESUME-18] dials at once on %s", (event) => {
    const { page, fire } = stubBrowser();
    connection.start();
    socket().end();
    page.visibilityState = "hidden";
    fire(event);
    expect(sockets).toHaveLength(1);
    page.visibilityState = "visible";
    fire(event);
    fire(event);
    expect(sockets).toHaveLength(2);
  });

  test("[RESUME-18] asks a socket that has slept whether it still lives, and gives it 4 s", () => {
    const { fire } = stubBrowser();
    connection.start();
    goLive();
    fire("visibilitychange");
    expect(socket().sent.at(-1)).toBe(PING);
    vi.advanceTimersByTime(4_000);
    expect(socket().isClosed).toBe(true);
  });

  test("[RESUME-18] offline, tries only every 30 s, and at once when the network is back", () => {
    const { network, fire } = stubBrowser();
    connection.start();
    network.onLine = false;
    socket().end();
    expect(waits).toEqual([30_000]);
    fire("visibilitychange");
    expect(sockets).toHaveLength(1);
    network.onLine = true;
    fire("online");
    expect(sockets).toHaveLength(2);
  });

  test("[CLOSE-3] stopped, it neither listens nor waits any more", () => {
    const { fire } = stubBrowser();
    connection.start();
    goLive();
    connection.stop();
    fire("online");
    expect(sockets).toHaveLength(1);
    expect(vi.getTimerCount()).toBe(0);
  });
});

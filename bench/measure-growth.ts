/** Whether a chat gets slower as it gets longer: what it takes to connect until `live`. */
import { performance } from "node:perf_hooks";
import { startStack } from "../dev/stack.ts";
import { parseServerFrame, PROTOCOL_VERSION } from "../protocol/frames.ts";
import { type Figure, type Measurement, median } from "./figures.ts";
import { Talk } from "./rhythm.ts";

const LENGTHS = [100, 1_000, 10_000, 100_000];
const MISSED = 1_000;
const ROUNDS = 12;
const RATIO_AIM = 1.2;
const VARS = {
  EVENTS_PER_SECOND: "1000000",
  EVENT_BURST: "1000000",
  REGISTRATIONS_PER_MINUTE: "1000",
  LOGINS_PER_MINUTE: "1000",
  SOCKETS_PER_PERSON: "1000",
};

interface Arrival {
  ms: number;
  bytes: number;
}

interface Chat {
  length: number;
  talk: Talk;
  epoch: string;
  /** Seq of its newest event, as the server tells it. */
  head: number;
}

export const growth: Measurement = {
  title: "Connecting to a long chat",
  async run({ isQuick, tell }) {
    if (isQuick) return { figures: [] };
    const stack = await startStack({ runtime: "workerd", vars: VARS });
    try {
      const chats: Chat[] = [];
      for (const length of LENGTHS) {
        chats.push(await makeChat(stack.url, length));
        tell(`${length} messages are there`);
      }
      const figures: Figure[] = [];
      const lines = [];
      for (const missed of [0, MISSED]) {
        const able = chats.filter(({ length }) => length >= missed);
        const arrivals = able.map(({ length }) => ({ length, all: new Array<Arrival>() }));
        // Alternately, so that what else the machine does falls on all of them.
        for (let round = 0; round < ROUNDS; round++) {
          for (const [index, chat] of able.entries()) arrivals[index]?.all.push(await arrive(chat, missed));
        }
        const medians = arrivals.map(({ length, all }) => ({
          length,
          ms: median(all.map(({ ms }) => ms)),
          bytes: median(all.map(({ bytes }) => bytes)),
        }));
        figures.push(...toFigures(medians, missed));
        lines.push({
          name: missed === 0 ? "nothing missed" : `${missed.toLocaleString("en")} missed`,
          points: medians.map(({ length, ms }) => ({ x: length, y: ms })),
        });
      }
      for (const { talk } of chats) talk.leave();
      return {
        figures,
        plots: [
          {
            file: "connecting",
            title: "From connecting to live",
            x: { label: "messages in the chat", isLogarithmic: true },
            y: { label: "milliseconds", isLogarithmic: true },
            lines,
          },
        ],
      };
    } finally {
      await stack.stop();
    }
  },
};

/** All said over the socket, as fast as it goes. */
async function makeChat(url: string, length: number): Promise<Chat> {
  const talk = await Talk.start(url);
  await talk.come();
  for (let said = 0; said < length; said += 1_000) await talk.talk({ messages: Math.min(1_000, length), gapMs: 0 });
  const { epoch, head } = await hello(talk, {});
  return { length, talk, epoch, head };
}

async function arrive({ talk, epoch, head }: Chat, missed: number): Promise<Arrival> {
  const { ms, bytes, recovered } = await hello(talk, { epoch, since: head - missed });
  if (!recovered) throw new Error(`Of ${head} events the last ${missed} were not replayed.`);
  return { ms, bytes };
}

/** Connects once more. Milliseconds from opening the socket until `live`; bytes of all frames up to it. */
async function hello(talk: Talk, position: { epoch?: string; since?: number }) {
  const start = performance.now();
  const socket = talk.openSocket(0);
  socket.addEventListener("open", () => {
    socket.send(JSON.stringify({ type: "hello", v: PROTOCOL_VERSION, ...position }));
  });
  let bytes = 0;
  let epoch = "";
  let head = 0;
  let recovered = false;
  const ms = await new Promise<number>((resolve, reject) => {
    socket.addEventListener("close", ({ code }) => reject(new Error(`Closed with ${code} before it was live.`)));
    socket.addEventListener("message", ({ data }) => {
      const text = String(data);
      bytes += Buffer.byteLength(text);
      // Only two frames are read: the client is not what is measured.
      if (text.startsWith('{"type":"live"')) resolve(performance.now() - start);
      if (!text.startsWith('{"type":"welcome"')) return;
      const frame = parseServerFrame(text);
      if (frame?.type === "welcome") ({ epoch, head, recovered } = frame);
    });
  });
  socket.close();
  return { ms, bytes, epoch, head, recovered };
}

function toFigures(medians: readonly { length: number; ms: number; bytes: number }[], missed: number): Figure[] {
  const what = missed === 0 ? "nothing missed" : `${missed.toLocaleString("en")} missed`;
  const [shortest] = medians;
  const longest = medians.at(-1);
  if (!shortest || !longest) throw new Error("There are no chats.");
  const figures = medians.map(({ length, ms, bytes }) => ({
    name: `connect to \`live\`, ${what}, in a chat of ${length.toLocaleString("en")}`,
    aim: "",
    value: `${ms.toFixed(1)} ms, ${(bytes / 1_024).toFixed(1)} KiB`,
    met: undefined,
  }));
  const ratio = longest.ms / shortest.ms;
  const name = `connect to \`live\`, ${what}: a chat of ${longest.length.toLocaleString("en")} beside one of ${shortest.length.toLocaleString("en")}`;
  return [...figures, { name, aim: `≤${RATIO_AIM} ×`, value: `${ratio.toFixed(2)} ×`, met: ratio <= RATIO_AIM }];
}

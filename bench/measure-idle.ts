/** What chats cost while both people only look at them: memory, and CPU time that should be none. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Findings, Measurement } from "./figures.ts";
import { holdOpen } from "./load/drive.ts";
import { cpuSeconds, residentBytes } from "./load/processes.ts";
import { withServers } from "./load/rounds.ts";
import type { Server } from "./load/servers.ts";
import { NAMES, number } from "./load/tables.ts";

const CHATS = 1_000;
/**
 * Opened before, just as fast. A process keeps the memory that it needed at its busiest, while chats are opened; the
 * thousand that follow need no more of that, so what they add is what an idle chat takes.
 */
const FIRST_CHATS = 500;
/** An object may hibernate after 10 s without work. */
const HIBERNATION_MS = 20_000;
const WINDOW_MS = 20_000;
/** CPU time over time, of one core, up to which a figure says "none". */
const NO_CPU = 0.005;
const CONTESTANTS = ["naive", "duet"] as const;

interface Idleness {
  /** Of memory, for each of the thousand. */
  bytes: number;
  /** CPU time over time, of all chats together: without any traffic, and with their pings. */
  silentCpu: number;
  pingingCpu: number;
}

export const idleChats: Measurement = {
  title: "Idle chats",
  async run({ isQuick, tell }) {
    if (isQuick) return { figures: [] };
    return withServers("on disk", CONTESTANTS, async (servers) => {
      const found = new Map<(typeof CONTESTANTS)[number], Idleness>();
      for (const contestant of CONTESTANTS) {
        const server = servers.get(contestant);
        if (server) found.set(contestant, await measure(contestant, server, tell));
      }
      const [naive, duet] = [found.get("naive"), found.get("duet")];
      if (!naive || !duet) throw new Error("A contestant is missing.");
      return report(naive, duet);
    });
  },
};

async function measure(
  contestant: (typeof CONTESTANTS)[number],
  { url, pid }: Server,
  tell: (line: string) => void,
): Promise<Idleness> {
  const target = { contestant, url, pid };
  const first = await holdOpen({ kind: "idle", ...target, chats: FIRST_CHATS });
  await sleep(HIBERNATION_MS);
  const before = await residentBytes(pid);
  const further = await holdOpen({ kind: "idle", ...target, chats: CHATS });
  await sleep(HIBERNATION_MS);
  const bytes = ((await residentBytes(pid)) - before) / CHATS;
  const pingingCpu = await cpuOver(pid);
  for (const sockets of [first, further]) sockets.silence();
  const silentCpu = await cpuOver(pid);
  for (const sockets of [first, further]) await sockets.close();
  const shares = [silentCpu, pingingCpu].map(percent);
  tell(`${NAMES[contestant]}: ${kib(bytes)} a chat, CPU ${shares.join(", with pings ")}`);
  return { bytes, silentCpu, pingingCpu };
}

async function cpuOver(pid: number): Promise<number> {
  const before = await cpuSeconds(pid);
  const start = performance.now();
  await sleep(WINDOW_MS);
  return ((await cpuSeconds(pid)) - before) / ((performance.now() - start) / 1_000);
}

function report(naive: Idleness, duet: Idleness): Findings {
  const name = `${CHATS.toLocaleString("en")} idle chats, both sockets open`;
  const times = duet.bytes / naive.bytes;
  return {
    figures: [
      {
        name: `${name}: memory for each`,
        aim: "at most naive's",
        value: `${kib(duet.bytes)}, ${number(times)} × naive's ${kib(naive.bytes)}`,
        met: times <= 1,
      },
      { name: `${name}: CPU`, aim: "0", value: percent(duet.silentCpu), met: duet.silentCpu < NO_CPU },
      {
        name: `${name}, each pinging every 20 s: CPU`,
        aim: "",
        value: `${percent(duet.pingingCpu)} of a core; naive ${percent(naive.pingingCpu)}`,
        met: undefined,
      },
    ],
  };
}

function kib(bytes: number): string {
  return `${number(bytes / 1_024)} KiB`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

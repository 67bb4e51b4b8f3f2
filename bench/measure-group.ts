/** What a message costs in the largest group there may be, by how many of its members are there: counted in the objects. */
import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { startStack } from "../dev/stack.ts";
import { parseLimits } from "../protocol/limits.ts";
import { SUBPROTOCOL } from "../protocol/platform/account-frames.ts";
import { COUNTED_WORKER, Counts, difference } from "./counts.ts";
import type { Figure, Measurement } from "./figures.ts";
import { GROUP_PATH, type Order } from "./group-orders.ts";
import { BareSocket } from "./load/bare-socket.ts";

const { MEMBERS_PER_CONVERSATION: MEMBERS } = parseLimits({});
const ONLINE = [0, 10, 100, MEMBERS];
const MESSAGES = 10;
/** Sockets that are opened at once. */
const TOGETHER = 25;
/** Milliseconds until a message must have reached everybody. */
const HEARD_MAX_MS = 30_000;
const POLL_MS = 2;
/** Milliseconds without a row written, after which nothing is under way. */
const QUIET_MS = 5_000;

const GroupCounts = z.object({ conversation: Counts, online: Counts, away: Counts });
type GroupCounts = z.infer<typeof GroupCounts>;

interface Measured {
  online: number;
  counts: GroupCounts;
  /** Milliseconds from the request to the last device, on average. */
  heardMs: number;
}

export const largeGroup: Measurement = {
  title: `A group of ${MEMBERS.toLocaleString("en")}`,
  async run({ isQuick, tell }) {
    // A thousand objects are a thousand files: that takes longer than the quick form may. FAN-1 counts the same of thirty.
    if (isQuick) return { figures: [] };
    const stack = await startStack({
      runtime: "workerd",
      entry: COUNTED_WORKER,
      vars: {
        EVENTS_PER_SECOND: "100000",
        EVENT_BURST: "100000",
        // What goes to Postgres is counted elsewhere: here nothing goes there meanwhile.
        ARCHIVE_DELAY_MS: "3600000",
        ACCOUNT_ARCHIVE_INTERVAL_MS: "3600000",
      },
    });
    try {
      const group = new Group(stack.url);
      await group.ask({ do: "make", members: MEMBERS, able: Math.max(...ONLINE) });
      await group.untilQuiet();
      tell(`${MEMBERS} members are there`);
      const measured: Measured[] = [];
      for (const online of ONLINE) {
        await group.come(online);
        measured.push(await group.measure(online));
        tell(describe(measured.at(-1)));
      }
      group.leave();
      return { figures: measured.flatMap(toFigures), notes: [NOTE, toTable(measured)] };
    } finally {
      await stack.stop();
    }
  },
};

class Group {
  readonly #url: string;
  readonly #heard: Set<string>[] = [];
  readonly #sockets: BareSocket[] = [];

  constructor(url: string) {
    this.#url = url;
  }

  async ask(order: Order): Promise<unknown> {
    const response = await fetch(new URL(GROUP_PATH, this.#url), { method: "POST", body: JSON.stringify(order) });
    if (!response.ok) throw new Error(`${order.do}: ${await response.text()}`);
    return response.json();
  }

  /** The members themselves go to Postgres, which is noted of each. */
  async untilQuiet(): Promise<void> {
    let before: number;
    let rows = 0;
    do {
      before = rows;
      await sleep(QUIET_MS);
      rows = (await this.#count(0)).conversation.rowsWritten;
    } while (rows !== before);
  }

  /** Lets members connect until so many are there, and hear. */
  async come(online: number): Promise<void> {
    while (this.#sockets.length < online) {
      const from = this.#sockets.length;
      const tickets = z
        .array(z.string())
        .parse(await this.ask({ do: "tickets", from, to: Math.min(from + TOGETHER, online) }));
      await Promise.all(tickets.map((ticket) => this.#connect(ticket)));
    }
    // The group hears of their coming a little later: a first message may come too early for some.
    const isThere = (heard: Set<string>) => heard.size > 0;
    for (let attempt = 0; !this.#heard.every(isThere); attempt += 1) {
      await this.ask({ do: "say", id: `warm-up-${online}-${attempt}` });
      await sleep(500);
    }
    await this.ask({ do: "say", id: `warm-${online}` });
    await this.#untilHeard(`warm-${online}`);
  }

  async #connect(ticket: string): Promise<void> {
    const url = `${this.#url}/chat-server/ws?ticket=${ticket}`;
    const socket = await BareSocket.open(url, { "Sec-WebSocket-Protocol": SUBPROTOCOL });
    const heard = new Set<string>();
    socket.onText = (text) => {
      const { type, id }: { type: string; id?: string } = JSON.parse(text);
      if (type === "message" && id !== undefined) heard.add(id);
    };
    socket.send(JSON.stringify({ type: "hello", v: 1 }));
    this.#heard.push(heard);
    this.#sockets.push(socket);
  }

  async measure(online: number): Promise<Measured> {
    const before = await this.#count(online);
    const start = performance.now();
    for (let count = 0; count < MESSAGES; count += 1) {
      await this.ask({ do: "say", id: `m-${online}-${count}` });
      await this.#untilHeard(`m-${online}-${count}`);
    }
    const heardMs = (performance.now() - start) / MESSAGES;
    // What may still go on, such as the answer to a call.
    await sleep(200);
    const after = await this.#count(online);
    const counts = {
      conversation: difference(after.conversation, before.conversation),
      online: difference(after.online, before.online),
      away: difference(after.away, before.away),
    };
    return { online, counts, heardMs };
  }

  async #count(online: number): Promise<GroupCounts> {
    return GroupCounts.parse(await this.ask({ do: "count", online }));
  }

  async #untilHeard(id: string): Promise<void> {
    const deadline = performance.now() + HEARD_MAX_MS;
    while (!this.#heard.every((heard) => heard.has(id))) {
      if (performance.now() > deadline) throw new Error(`${id} has not reached everybody.`);
      await sleep(POLL_MS);
    }
  }

  leave(): void {
    for (const socket of this.#sockets) socket.close();
  }
}

/** Per message. */
function perMessage({ counts: { conversation, online, away } }: Measured) {
  const each = (count: number) => count / MESSAGES;
  return {
    calls: each(conversation.objectRequests),
    rows: each(conversation.rowsWritten + conversation.alarmsSet),
    commits: each(conversation.commits),
    pushes: each(online.objectRequests),
    inboxRows: each(online.rowsWritten + away.rowsWritten),
    awayCalls: each(away.objectRequests + away.alarms),
  };
}

function toFigures(measured: Measured): Figure[] {
  const { calls, rows, commits, pushes, inboxRows, awayCalls } = perMessage(measured);
  const name = `A group of ${MEMBERS.toLocaleString("en")}, ${measured.online.toLocaleString("en")} there, per message`;
  const figure = (what: string, count: number, aim: number): Figure => ({
    name: `${name}: ${what}`,
    aim: aim.toLocaleString("en"),
    value: count.toLocaleString("en", { maximumFractionDigits: 1 }),
    met: count === aim,
    isGate: true,
  });
  return [
    figure("calls of the group's object, rows and commits", Math.max(calls, rows, commits), 1),
    figure("calls of Inboxes of who is there", pushes, measured.online),
    figure("rows in Inboxes, and calls of Inboxes of who is away", inboxRows + awayCalls, 0),
  ];
}

function describe(measured: Measured | undefined): string {
  return measured ? `${measured.online} there: ${JSON.stringify(perMessage(measured))}` : "";
}

const NOTE =
  `Counted inside the objects, over ${MESSAGES} messages, each after the one before had reached everybody; a member sends them over HTTP. ` +
  "What goes to Postgres goes in batches, as above. Who is away costs nothing: what they have not read follows from the log and their mark.";

function toTable(measured: readonly Measured[]): string {
  const rows = measured.map((one) => {
    const { calls, rows, commits, pushes, inboxRows, awayCalls } = perMessage(one);
    const cells = [one.online, calls, rows, commits, pushes, inboxRows, awayCalls, Math.round(one.heardMs)];
    return `| ${cells.map((cell) => cell.toLocaleString("en")).join(" | ")} |`;
  });
  return [
    "| there | calls of the group's object | rows | commits | pushes to Inboxes | rows in Inboxes | calls of Inboxes of who is away | ms until all have heard |",
    "|---|---|---|---|---|---|---|---|",
    ...rows,
  ].join("\n");
}

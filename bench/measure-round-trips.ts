/** How many network round trips follow one upon the other until a link is there, and until its chat can be used. */
import type { Browser, CDPSession, Page } from "playwright-core";
import { launchChromium } from "../dev/chromium.ts";
import { startStack } from "../dev/stack.ts";
import { buildWeb, isWebStale } from "../dev/web-build.ts";
import type { Figure, Measurement } from "./figures.ts";
import { giveSession, type Network, openPhone, openTab, timeToUsable, USABLE } from "./phone.ts";

/** Long enough that what does not wait for an answer is under way before it arrives. */
const FAR: Network = { latencyMs: 300, down: -1, up: -1 };

/** What only happens to be sent late, by a machine that is busy, looks as if it had waited for an answer. */
const TRIES = 3;

/** Something that was sent and answered. */
interface Exchange {
  what: string;
  /** Seconds on the browser's clock. */
  sentAt: number;
  answeredAt: number;
}

interface Journey {
  name: string;
  /** What can't be done with less: see FEWEST. */
  fewest: number;
  chain: string[];
  isGate?: boolean;
}

const FEWEST =
  "The fewest possible: a link needs the one request that makes it. What a page wants first it asks for beside its scripts: a newcomer who the chat is between, who was signed in the newest messages, and a socket, which takes two, its upgrade and its hello. Who has just chosen a name has to be let in first.";

export const roundTrips: Measurement = {
  title: "Network round trips",
  async run() {
    if (await isWebStale()) await buildWeb();
    const [stack, browser] = await Promise.all([startStack(), launchChromium()]);
    try {
      const made = await shortest(async () => [await makeLink(browser, stack.url)]);
      const [{ link } = { link: "" }] = made;
      const guest = await shortest(() => comeAsGuest(browser, link));
      const signedIn = await shortest(() => comeSignedIn(browser, link));
      const journeys = [...made, ...guest, ...signedIn];
      return { figures: journeys.map(toFigure), notes: [FEWEST, journeys.map(toNote).join("\n")] };
    } finally {
      await browser.close();
      await stack.stop();
    }
  },
};

/** Travels again while a journey took more than it has to. @returns the shortest of each */
async function shortest<J extends Journey>(travel: () => Promise<J[]>): Promise<J[]> {
  let best = await travel();
  for (let tries = 1; tries < TRIES && best.some(({ chain, fewest }) => chain.length > fewest); tries++) {
    const others = await travel();
    best = best.map((journey, index) => {
      const other = others[index];
      return other && other.chain.length < journey.chain.length ? other : journey;
    });
  }
  return best;
}

async function makeLink(browser: Browser, url: string): Promise<Journey & { link: string }> {
  const { context, page, cdp } = await openPhone(browser, 1, FAR);
  await page.goto(url, { waitUntil: "networkidle" });
  await page.getByRole("textbox", { name: "Your name" }).fill("Abhi");
  await page.getByRole("textbox", { name: "Their name" }).fill("Anny");
  const result = page.getByRole("textbox", { name: "Link to the chat" });
  const chain = await chainOf(cdp, async () => {
    await page.getByRole("button", { name: "Make the link" }).click();
    await result.waitFor();
  });
  const link = await result.inputValue();
  await context.close();
  return { name: "register to link", fewest: 1, isGate: true, chain, link };
}

async function comeAsGuest(browser: Browser, link: string): Promise<Journey[]> {
  const { context, page, cdp } = await openPhone(browser, 1, FAR);
  const toDoor = await chainOf(cdp, () => timeToUsable(page, link, USABLE.door));
  const toChat = await chainOf(cdp, async () => {
    await page.getByRole("button", { name: "I'm Anny" }).click();
    await composer(page);
  });
  await context.close();
  return [
    { name: "link to the choice of names, nothing cached", fewest: 2, isGate: true, chain: toDoor },
    { name: "name chosen to chat usable", fewest: 3, isGate: true, chain: toChat },
  ];
}

async function comeSignedIn(browser: Browser, link: string): Promise<Journey[]> {
  const phone = await openPhone(browser, 1, FAR);
  await giveSession(phone, link, "Abhi");
  const first = await chainOf(phone.cdp, () => arrive(phone.page, link));
  const { page, cdp } = await openTab(phone.context, 1, FAR);
  const second = await chainOf(cdp, () => arrive(page, link));
  await phone.context.close();
  return [
    { name: "link to chat usable, signed in, nothing cached", fewest: 3, isGate: true, chain: first },
    { name: "the same, a second time", fewest: 3, isGate: true, chain: second },
  ];
}

async function arrive(page: Page, link: string): Promise<void> {
  await page.goto(link, { waitUntil: "commit" });
  await composer(page);
}

async function composer(page: Page): Promise<void> {
  await page.getByRole("textbox", { name: /^Message to/ }).waitFor();
}

/** @returns what was sent and answered, one after the other, until `work` was done: the longest such chain */
async function chainOf(cdp: CDPSession, work: () => Promise<unknown>): Promise<string[]> {
  const log = new NetworkLog(cdp);
  await work();
  return longestChain(log.stop());
}

/** Each link was sent after the one before had been answered: whether it had to wait for it, or only did. */
function longestChain(exchanges: readonly Exchange[]): string[] {
  let longest: string[] = [];
  const chains: { answeredAt: number; names: string[] }[] = [];
  for (const { what, sentAt, answeredAt } of exchanges.toSorted((a, b) => a.sentAt - b.sentAt)) {
    const before = chains.filter((chain) => chain.answeredAt <= sentAt);
    const best = before.reduce<string[]>((most, { names }) => (names.length > most.length ? names : most), []);
    const names = [...best, what];
    chains.push({ answeredAt, names });
    if (names.length > longest.length) longest = names;
  }
  return longest;
}

/** What the browser's network says, as far as a page can't do without it. */
class NetworkLog {
  readonly #exchanges = new Map<string, Partial<Exchange> & { what: string }>();
  #isOver = false;

  constructor(cdp: CDPSession) {
    cdp.on("Network.requestWillBeSent", ({ requestId, request, timestamp, type }) => {
      const isNeeded = type === "Document" || type === "Script" || type === "Fetch" || type === "XHR";
      if (isNeeded) this.#set(requestId, { what: nameOf(request.method, request.url), sentAt: timestamp });
    });
    cdp.on("Network.requestServedFromCache", ({ requestId }) => this.#exchanges.delete(requestId));
    cdp.on("Network.responseReceived", ({ requestId, response }) => {
      if (response.fromDiskCache === true) this.#exchanges.delete(requestId);
    });
    cdp.on("Network.loadingFinished", ({ requestId, timestamp }) => this.#answer(requestId, timestamp));
    cdp.on("Network.webSocketWillSendHandshakeRequest", ({ requestId, timestamp }) =>
      this.#set(requestId, { what: "socket: upgrade", sentAt: timestamp }),
    );
    cdp.on("Network.webSocketHandshakeResponseReceived", ({ requestId, timestamp }) =>
      this.#answer(requestId, timestamp),
    );
    cdp.on("Network.webSocketFrameSent", ({ requestId, timestamp, response }) => {
      if (response.payloadData.includes('"hello"')) {
        this.#set(`${requestId} hello`, { what: "socket: hello", sentAt: timestamp });
      }
    });
    cdp.on("Network.webSocketFrameReceived", ({ requestId, timestamp, response }) => {
      if (response.payloadData.includes('"welcome"')) this.#answer(`${requestId} hello`, timestamp);
    });
  }

  stop(): Exchange[] {
    this.#isOver = true;
    return [...this.#exchanges.values()].flatMap(({ what, sentAt, answeredAt }) =>
      sentAt === undefined || answeredAt === undefined ? [] : [{ what, sentAt, answeredAt }],
    );
  }

  #set(id: string, exchange: { what: string; sentAt: number }): void {
    if (!this.#isOver) this.#exchanges.set(id, exchange);
  }

  #answer(id: string, answeredAt: number): void {
    const exchange = this.#exchanges.get(id);
    if (!this.#isOver && exchange) exchange.answeredAt = answeredAt;
  }
}

function nameOf(method: string, address: string): string {
  const path = new URL(address).pathname.replace(/[0-9A-Za-z]{22}/, "…");
  return path.endsWith(".js") ? "scripts" : `${method} ${path}`;
}

function toFigure({ name, fewest, chain, isGate = false }: Journey): Figure {
  return {
    name: `${name}: round trips one after the other`,
    aim: `${fewest}`,
    value: `${chain.length}`,
    met: chain.length <= fewest,
    isGate,
  };
}

function toNote({ name, chain }: Journey): string {
  return `- ${name}: ${chain.map((what) => `\`${what}\``).join(" → ")}`;
}

/** The chat page: its JavaScript, the time until it can be used, and, apart because it takes long, how it scrolls. */
import type { Browser } from "playwright-core";
import { launchChromium } from "../dev/chromium.ts";
import { startStack } from "../dev/stack.ts";
import { buildWeb, isWebStale } from "../dev/web-build.ts";
import { exportedPages, scriptBytes } from "../web/scripts/exported-pages.ts";
import { type Figure, type Measurement, median } from "./figures.ts";
import { giveSession, openPhone, PHONE_CPU, SLOW_4G, timeToUsable, USABLE } from "./phone.ts";
import { Talk } from "./rhythm.ts";
import { scrollFigures } from "./scroll.ts";

const CHAT_PAGE = "/demo/chat/user";
const BYTES_AIM_KIB = 215;
const USABLE_AIM_S = 2.5;
const VISITS = 5;
const VARS = { EVENTS_PER_SECOND: "100000", EVENT_BURST: "100000", LOGINS_PER_MINUTE: "1000" };

export const page: Measurement = {
  title: "The chat page",
  async run({ isQuick, tell }) {
    if (await isWebStale()) await buildWeb();
    const figures = [scriptFigure()];
    if (isQuick) return { figures };
    await inBrowser(async (browser, url) => {
      const link = await makeChat(url);
      figures.push(
        await usableFigure("link to chat, signed in", async () => {
          const phone = await openPhone(browser, PHONE_CPU, SLOW_4G);
          await giveSession(phone, link, "Abhi");
          const ms = await timeToUsable(phone.page, link, USABLE.chat);
          await phone.context.close();
          tell(`chat usable after ${Math.round(ms)} ms`);
          return ms;
        }),
        await usableFigure("link to the choice of names, first visit", async () => {
          const phone = await openPhone(browser, PHONE_CPU, SLOW_4G);
          const ms = await timeToUsable(phone.page, link, USABLE.door);
          await phone.context.close();
          return ms;
        }),
      );
    });
    return { figures, notes: [NOTE] };
  },
};

export const scrolling: Measurement = {
  title: "A long scroll",
  async run({ isQuick, tell }) {
    if (isQuick) return { figures: [] };
    if (await isWebStale()) await buildWeb();
    return { figures: await inBrowser((browser, url) => scrollFigures(browser, url, tell)) };
  },
};

/** Runs what needs a browser and the pages at `url`. */
async function inBrowser<T>(work: (browser: Browser, url: string) => Promise<T>): Promise<T> {
  const stack = await startStack({ vars: VARS });
  const browser = await launchChromium();
  try {
    return await work(browser, stack.url);
  } finally {
    await browser.close();
    await stack.stop();
  }
}

function scriptFigure(): Figure {
  const chat = exportedPages().find(({ route }) => route === CHAT_PAGE);
  if (!chat) throw new Error(`The export lacks ${CHAT_PAGE}.`);
  const kib = scriptBytes(chat) / 1024;
  const value = `${kib.toFixed(1)} KiB`;
  return {
    name: "the chat page: gzipped JavaScript",
    aim: `≤${BYTES_AIM_KIB} KiB`,
    value,
    met: kib <= BYTES_AIM_KIB,
    isGate: true,
  };
}

async function usableFigure(name: string, visit: () => Promise<number>): Promise<Figure> {
  const seconds: number[] = [];
  for (let visits = 0; visits < VISITS; visits++) seconds.push((await visit()) / 1_000);
  const middle = median(seconds);
  const spread = `${Math.min(...seconds).toFixed(2)}–${Math.max(...seconds).toFixed(2)}`;
  return {
    name: `${name}: usable on a mid-range phone on slow 4G, nothing cached`,
    aim: `≤${USABLE_AIM_S} s`,
    value: `${middle.toFixed(2)} s (${spread})`,
    met: middle <= USABLE_AIM_S,
  };
}

/** @returns the link of a chat in which something was said */
async function makeChat(url: string): Promise<string> {
  const talk = await Talk.start(url);
  await talk.come();
  await talk.talk({ messages: 60, gapMs: 0 });
  talk.leave();
  return `${url}/demo/chat/user/${talk.hash}`;
}

const NOTE =
  "The phone is Chromium with its processor slowed down 4 times and Lighthouse's slow 4G: 150 ms for each request, 1.6 Mbit/s down, 750 kbit/s up. Pages come from `wrangler dev`, gzipped, over HTTP/1.1. What it takes to make a connection is not emulated: on a cold one, DNS, TCP and TLS add two to four times 150 ms.";

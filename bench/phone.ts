/** A mid-range phone, as Chromium emulates one. */
import type { Browser, BrowserContext, CDPSession, Page } from "playwright-core";
import { RECENT_KEY, type RecentChat } from "../web/device/recent-chats.ts";

const LOOK = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 };

/** Of requests: what a connection takes to be made is not emulated. */
export interface Network {
  /** From a request to the first byte of its answer. */
  latencyMs: number;
  /** Bits per second; -1 for no limit. */
  down: number;
  up: number;
}

/** Lighthouse's slow 4G. */
export const SLOW_4G: Network = { latencyMs: 150, down: 1_600_000, up: 750_000 };
/** Lighthouse's mid-range phone: so many times slower than this machine. */
export const PHONE_CPU = 4;

export interface Phone {
  context: BrowserContext;
  page: Page;
  cdp: CDPSession;
}

/** Opens an empty page with an empty cache. Close the context after use. */
export async function openPhone(browser: Browser, cpu: number, network?: Network): Promise<Phone> {
  const context = await browser.newContext(LOOK);
  return { context, ...(await openTab(context, cpu, network)) };
}

/** Opens another page with the cache and the cookies of the first. */
export async function openTab(context: BrowserContext, cpu: number, network?: Network) {
  const page = await context.newPage();
  const cdp = await context.newCDPSession(page);
  await cdp.send("Network.enable");
  if (network) {
    await cdp.send("Network.emulateNetworkConditions", {
      offline: false,
      latency: network.latencyMs,
      downloadThroughput: toBytes(network.down),
      uploadThroughput: toBytes(network.up),
    });
  }
  await cdp.send("Emulation.setCPUThrottlingRate", { rate: cpu });
  return { page, cdp };
}

function toBytes(bits: number): number {
  return bits === -1 ? -1 : bits / 8;
}

/** Gives a browser what an earlier visit would have left in it: a session, and that it had one. */
export async function giveSession({ context }: Pick<Phone, "context">, link: string, userName: string): Promise<void> {
  const url = new URL(link);
  const hash = url.pathname.split("/").at(-1);
  const login = new URL(`/chat-server/user/${userName}/login`, url).href;
  const response = await context.request.post(login, { data: { userName, hash } });
  if (!response.ok()) throw new Error(`Login answered ${response.status()}.`);
  const chat: RecentChat = { hash: hash ?? "", users: ["Abhi", "Anny"], openedAt: Date.now(), signedIn: true };
  await context.addInitScript(([key, chats]) => localStorage.setItem(key, chats), [
    RECENT_KEY,
    JSON.stringify([chat]),
  ] as const);
}

/** What stands in the page, as a CSS selector, once one can do there what one came for. */
export const USABLE = {
  /** A message can be written, and the others are there. */
  chat: "main:has([role=log] [role=article], [role=log] article) textarea:not(:disabled)",
  /** One can say who one is. */
  door: "main button:not(:disabled)",
};

/** @returns milliseconds from the start of the navigation until `selector` is there and was painted */
export async function timeToUsable(page: Page, link: string, selector: string): Promise<number> {
  await page.addInitScript(watchFor, selector);
  await page.goto(link, { waitUntil: "commit" });
  const handle = await page.waitForFunction(() => Reflect.get(globalThis, "usableAt"), undefined, { timeout: 60_000 });
  return Number(await handle.jsonValue());
}

/** Runs in the page. */
function watchFor(selector: string): void {
  const frame = () => {
    if (!document.querySelector(selector)) return void requestAnimationFrame(frame);
    // After the next frame it is on the screen.
    requestAnimationFrame(() => Reflect.set(globalThis, "usableAt", performance.now()));
  };
  requestAnimationFrame(frame);
}

/** The SDK in a real browser: IndexedDB, the browser's cookies and network events. Vite serves its modules. */
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { createViteServer } from "vitest/node";
import * as client from "../../client/index.ts";
import { launchChromium } from "../../dev/chromium.ts";
import { LOCAL, ROOT } from "../../dev/paths.ts";
import { findFreePort } from "../../dev/ports.ts";
import { useLine } from "./line.ts";

declare global {
  /** In the page. */
  var sdk: typeof client;
  var duet: client.Duet;
  var conversation: client.Conversation;
}

const PAGE = `<!doctype html><script type="module">
  import * as sdk from "/client/index.ts";
  Object.assign(globalThis, { sdk, duet: sdk.createDuet() });
</script>`;

const line = useLine();
let vite: Awaited<ReturnType<typeof createViteServer>>;
let browser: Browser;
let pageUrl: string;

beforeAll(async () => {
  const port = await findFreePort();
  pageUrl = `http://127.0.0.1:${port}/page`;
  vite = await createViteServer({
    root: ROOT,
    configFile: false,
    cacheDir: `${LOCAL}/vite`,
    logLevel: "silent",
    optimizeDeps: { noDiscovery: true, include: ["idb-keyval", "zod/mini"] },
    server: {
      port,
      host: "127.0.0.1",
      hmr: false,
      proxy: { "/chat-server": { target: line.proxy.url, ws: true } },
    },
    plugins: [{ name: "page", configureServer: ({ middlewares }) => void middlewares.use("/page", servePage) }],
  });
  await vite.listen();
  browser = await launchChromium();
});

afterAll(async () => {
  await browser.close();
  await vite.close();
});

function servePage(
  _request: unknown,
  answer: { end(html: string): void; setHeader(name: string, value: string): void },
) {
  answer.setHeader("Content-Type", "text/html");
  answer.end(PAGE);
}

/** A chat of Anny, who has it open in Node, and Abhi's browser, which is signed in. */
async function startChat() {
  const anny = client.createDuet({ baseUrl: line.stack.url });
  const { hash } = await anny.register({ userOne: "Abhi", userTwo: "Anny" });
  await anny.login({ hash, userName: "Anny" });
  const hers = anny.open(hash);
  hers.connect();
  const context = await browser.newContext();
  onTestFinished(async () => {
    hers.close();
    await context.close();
  });
  const tab = await openTab(context);
  await tab.evaluate((chat) => duet.login({ hash: chat, userName: "Abhi" }), hash);
  return { hash, hers, context, tab };
}

async function openTab(context: BrowserContext): Promise<Page> {
  const tab = await context.newPage();
  await tab.goto(pageUrl);
  await tab.waitForFunction(() => "duet" in globalThis);
  return tab;
}

/** Connects, and waits until there is a connection. */
async function goLive(tab: Page, hash: string): Promise<void> {
  await tab.evaluate(async (chat) => {
    globalThis.conversation = duet.open(chat);
    conversation.connect();
    await sdk.until(conversation, ({ status }) => status === "live");
  }, hash);
}

function texts(messages: readonly client.ViewMessage[]): string[] {
  return messages.map(({ body }) => body);
}

function shown(tab: Page): Promise<string[]> {
  return tab.evaluate(() => conversation.getView().messages.map(({ body }) => body));
}

/** Texts in the browser's outbox. */
function stored(tab: Page, hash: string): Promise<string[]> {
  return tab.evaluate(async (chat) => {
    const items = await sdk.indexedDbOutbox().list(chat);
    return items.map(({ frame }) => ("body" in frame ? frame.body : frame.type));
  }, hash);
}

test("[OUTBOX-4] a tab that is closed before the acknowledgement sends once when it is opened again", async () => {
  const { hash, hers, context, tab } = await startChat();
  await goLive(tab, hash);
  line.proxy.isDeaf = true;
  await tab.evaluate(() => {
    conversation.send("stored, but he doesn't know");
    conversation.send("never on the wire");
  });
  await client.until(hers, ({ messages }) => messages.length === 1);
  await expect.poll(() => stored(tab, hash)).toEqual(["stored, but he doesn't know", "never on the wire"]);
  await tab.close();
  line.proxy.isDeaf = false;

  const again = await openTab(context);
  await goLive(again, hash);
  const { messages } = await client.until(hers, (view) => view.messages.length === 2);
  expect(texts(messages)).toEqual(["stored, but he doesn't know", "never on the wire"]);
  await expect.poll(() => shown(again)).toEqual(["stored, but he doesn't know", "never on the wire"]);
  await expect.poll(() => stored(again, hash)).toEqual([]);
});

test("[OUTBOX-6] two tabs share what is unsent, and send it once", async () => {
  const { hash, hers, context, tab } = await startChat();
  const other = await openTab(context);
  await tab.evaluate((chat) => {
    globalThis.conversation = duet.open(chat);
    for (const body of ["1", "2", "3"]) conversation.send(body);
  }, hash);
  await expect.poll(() => stored(tab, hash)).toEqual(["1", "2", "3"]);
  await Promise.all([goLive(other, hash), tab.evaluate(() => conversation.connect())]);
  await client.until(hers, ({ messages }) => messages.length === 3);
  for (const page of [tab, other]) await expect.poll(() => shown(page)).toEqual(["1", "2", "3"]);
  await expect.poll(() => stored(tab, hash)).toEqual([]);
});

test("[RESUME-18] is back at once when the browser says that the network is", async () => {
  const { hash, hers, context, tab } = await startChat();
  await goLive(tab, hash);
  await context.setOffline(true);
  line.proxy.cut();
  await tab.evaluate(() => sdk.until(conversation, ({ status }) => status === "reconnecting"));
  hers.send("meanwhile");
  await context.setOffline(false);
  // By itself it would try again after 30 s.
  await tab.evaluate(() => sdk.until(conversation, ({ status }) => status === "live", 20_000));
  await expect.poll(() => shown(tab)).toEqual(["meanwhile"]);
});

test("[CLOSE-6] signing out in one tab closes the other, and leaves nothing of the chat in the browser", async () => {
  const { hash, hers, context, tab } = await startChat();
  const other = await openTab(context);
  await goLive(tab, hash);
  await goLive(other, hash);
  // A tab sends what others have left unsent when it comes: after this message it has looked.
  await other.evaluate(() => void conversation.send("from the other tab"));
  await client.until(hers, ({ messages }) => messages.length === 1);
  // Nothing leaves this tab any more, so that something is unsent; the other one hears everything.
  await tab.evaluate(() => void (WebSocket.prototype.send = () => undefined));
  await tab.evaluate(() => conversation.send("unsent"));
  await expect.poll(() => stored(tab, hash)).toEqual(["unsent"]);
  await other.evaluate(() => duet.logout());
  const closed = await other.evaluate(() => sdk.until(conversation, ({ status }) => status === "closed"));
  expect(closed).toMatchObject({ closeReason: "REVOKED", messages: [] });
  expect(await stored(other, hash)).toEqual([]);
  expect(await context.cookies()).toEqual([]);
});

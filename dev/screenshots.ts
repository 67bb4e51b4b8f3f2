/** `npm run screenshots`: the README's pictures, from the running app. With `--all FOLDER`, every page in every look. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Browser, BrowserContextOptions } from "playwright-core";
import { livelyChat, openAsAbhi, tour } from "../test/e2e/tour.ts";
import { launchChromium } from "./chromium.ts";
import { ROOT } from "./paths.ts";
import { startStack } from "./stack.ts";
import { buildWeb, isWebStale } from "./web-build.ts";

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 };
const DESKTOP = { viewport: { width: 1280, height: 800 } };
/** Longer than every transition. */
const SETTLE_MS = 600;

const { values } = parseArgs({ options: { all: { type: "string" } } });
if (await isWebStale()) await buildWeb();
const stack = await startStack({ vars: { REGISTRATIONS_PER_MINUTE: "1000", LOGINS_PER_MINUTE: "1000" } });
const browser = await launchChromium();
try {
  if (values.all === undefined) await pictureReadme(browser);
  else await pictureAll(browser, values.all);
} finally {
  await browser.close();
  await stack.stop();
}

async function pictureReadme(chromium: Browser): Promise<void> {
  const folder = join(ROOT, "docs", "screenshots");
  await mkdir(folder, { recursive: true });
  const { link, anny } = await livelyChat(stack.url);
  for (const [name, look] of Object.entries({ phone: PHONE, desktop: DESKTOP })) {
    for (const colorScheme of ["light", "dark"] as const) {
      const context = await chromium.newContext({ ...look, colorScheme });
      const page = await openAsAbhi(context, link);
      await page.waitForTimeout(SETTLE_MS);
      await page.screenshot({ path: join(folder, `chat-${name}-${colorScheme}.png`) });
      await context.close();
    }
  }
  anny.conversation.close();
}

async function pictureAll(chromium: Browser, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const looks: Record<string, BrowserContextOptions> = { phone: PHONE, desktop: DESKTOP };
  for (const [device, look] of Object.entries(looks)) {
    for (const colorScheme of ["light", "dark"] as const) {
      for await (const { name, page } of tour(chromium, stack.url, { ...look, colorScheme })) {
        await page.waitForTimeout(SETTLE_MS);
        await page.screenshot({ path: join(folder, `${name}-${device}-${colorScheme}.png`) });
      }
    }
  }
}

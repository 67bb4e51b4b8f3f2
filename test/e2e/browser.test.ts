import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { useSite } from "./site.ts";
import { stepIn } from "./step-in.ts";

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
const DESKTOP = { viewport: { width: 1280, height: 800 } };

const site = useSite();

/** Messages as a person sees them, in order. */
function texts(page: Page): Promise<string[]> {
  return page.getByRole("log").getByRole("article").allInnerTexts();
}

async function send(page: Page, text: string): Promise<void> {
  await page.getByRole("textbox", { name: /^Message to/ }).fill(text);
  await page.getByRole("button", { name: "Send", exact: true }).click();
}

async function see(page: Page, text: string): Promise<void> {
  await page.getByRole("log").getByText(text, { exact: true }).waitFor();
}

it("[WEB-1] two people register, sign in, chat both ways, reload, go offline, come back and end the chat", async () => {
  const [phone, desktop] = [await site.browser.newContext(PHONE), await site.browser.newContext(DESKTOP)];
  const problems: string[] = [];

  const start = await phone.newPage();
  // Before its scripts run, the form does nothing.
  await start.goto(site.stack.url, { waitUntil: "networkidle" });
  await start.getByRole("textbox", { name: "Your name" }).fill("Abhi");
  await start.getByRole("textbox", { name: "Their name" }).fill("Anny");
  await start.getByRole("button", { name: "Make the link" }).click();
  const link = await start.getByRole("textbox", { name: "Link to the chat" }).inputValue();
  expect(link).toMatch(/\/demo\/chat\/user\/[0-9A-Za-z]{22}$/);
  await start
    .getByRole("link", { name: "Open as Abhi" })
    .or(start.getByRole("button", { name: "Open as Abhi" }))
    .click();
  const abhi = start;
  await abhi.getByRole("textbox", { name: "Message to Anny" }).waitFor();
  const anny = await stepIn(desktop, link, "Anny");
  for (const page of [abhi, anny]) page.on("pageerror", (error) => problems.push(error.message));

  // Presence, messages both ways, typing, read marks.
  await abhi.getByText("Online", { exact: true }).waitFor();
  await send(abhi, "Hello Anny");
  await see(anny, "Hello Anny");
  await anny.getByRole("textbox", { name: "Message to Abhi" }).pressSequentially("Hi");
  await abhi.getByText("typing…").waitFor();
  await anny.keyboard.type(" Abhi");
  await anny.keyboard.press("Enter");
  await see(abhi, "Hi Abhi");
  await abhi.getByRole("log").getByTitle("Read").waitFor();

  // Reload: still signed in, nothing lost.
  await anny.reload();
  await see(anny, "Hello Anny");
  await see(anny, "Hi Abhi");

  // Offline: what is written waits, and goes out by itself.
  await desktop.setOffline(true);
  await send(anny, "written offline");
  await see(anny, "written offline");
  await send(abhi, "meanwhile");
  await desktop.setOffline(false);
  await see(abhi, "written offline");
  await see(anny, "meanwhile");
  expect(await texts(anny)).toHaveLength(4);

  // The end.
  await abhi.getByRole("button", { name: "Chat menu" }).click();
  await abhi.getByRole("button", { name: "End chat for both" }).click();
  await abhi.getByRole("button", { name: "End and delete" }).click();
  for (const page of [abhi, anny]) await page.getByRole("heading", { name: "This chat is over" }).waitFor();
  await anny.reload();
  await anny.getByRole("heading", { name: "This chat is over" }).waitFor();
  expect(problems).toEqual([]);
  await Promise.all([phone.close(), desktop.close()]);
});

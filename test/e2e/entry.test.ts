/** Coming to a chat by its link: what the browser remembers saves questions, and is forgiven when it is wrong. */
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { createDuet } from "../../client/index.ts";
import { useSite } from "./site.ts";
import { stepIn } from "./step-in.ts";
import { join } from "./two-people.ts";

const site = useSite({ REGISTRATIONS_PER_MINUTE: "1000", LOGINS_PER_MINUTE: "1000" });

/** A chat that Abhi has open in a browser. */
async function startChat() {
  const { hash, link } = await createDuet({ baseUrl: site.stack.url }).register({ userOne: "Abhi", userTwo: "Anny" });
  const context = await site.browser.newContext();
  return { hash, link, context, page: await stepIn(context, link, "Abhi") };
}

/** Counts how often the page asks who it is. */
function countQuestions(page: Page, hash: string): { count: number } {
  const questions = { count: 0 };
  page.on("request", (request) => {
    if (request.url().endsWith(`/user/${hash}`) && request.resourceType() === "fetch") questions.count++;
  });
  return questions;
}

function composer(page: Page): Promise<void> {
  return page.getByRole("textbox", { name: "Message to Anny" }).waitFor();
}

it("[WEB-4] asks a newcomer's question once; who was signed in comes back without any", async () => {
  const { hash, link, context, page: first } = await startChat();
  await first.close();
  await context.clearCookies();
  const page = await context.newPage();
  const questions = countQuestions(page, hash);
  await page.goto(link);
  await page.getByRole("button", { name: "I'm Abhi" }).click();
  await composer(page);
  expect(questions.count).toBe(1);
  await page.reload();
  await composer(page);
  expect(questions.count).toBe(1);
  await context.close();
});

it("[WEB-4] a session that is gone leads to the choice of names, and back in", async () => {
  const { context, page } = await startChat();
  await context.clearCookies();
  await page.reload();
  await page.getByRole("button", { name: "I'm Anny" }).waitFor();
  expect(await page.getByRole("heading", { name: "You're signed out" }).count()).toBe(0);
  await page.getByRole("button", { name: "I'm Abhi" }).click();
  await composer(page);
  await context.close();
});

it("[WEB-4] who signed out is asked again", async () => {
  const { hash, context, page } = await startChat();
  await page.getByRole("button", { name: "Chat menu" }).click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("button", { name: "Step in again" }).waitFor();
  const questions = countQuestions(page, hash);
  await page.reload();
  await page.getByRole("button", { name: "I'm Abhi" }).waitFor();
  expect(questions.count).toBe(1);
  await context.close();
});

it("[WEB-4] a chat that was ended meanwhile says so", async () => {
  const { hash, link, context, page } = await startChat();
  await page.goto("about:blank");
  const anny = await join(site.stack.url, hash, "Anny");
  await anny.duet.endChat(hash);
  await page.goto(link);
  await page.getByRole("heading", { name: "This chat is over" }).waitFor();
  anny.conversation.close();
  await context.close();
});

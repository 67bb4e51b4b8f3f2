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
  expect(await page.getByRole("button", { name: /^I'm / }).count()).toBe(0);
  anny.conversation.close();
  await context.close();
});

/** Keeps the page's scripts from arriving until the returned function is called. */
async function holdScripts(page: Page): Promise<() => void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  await page.route("**/*.js", async (route) => {
    await promise;
    await route.continue();
  });
  return resolve;
}

it("[WEB-5] the socket and the messages of who was signed in wait for no script, and nothing heard is lost", async () => {
  const { hash, link, context, page } = await startChat();
  const anny = await join(site.stack.url, hash, "Anny");
  anny.conversation.send("before");
  await page.getByRole("log").getByText("before", { exact: true }).waitFor();
  await page.goto("about:blank");
  const release = await holdScripts(page);
  const messages = page.waitForResponse(/\/messages$/);
  let sockets = 0;
  const frames: string[] = [];
  page.on("websocket", (socket) => {
    sockets++;
    socket.on("framereceived", ({ payload }) => frames.push(String(payload)));
  });
  await page.goto(link, { waitUntil: "commit" });
  await expect.poll(() => frames).toContainEqual(expect.stringContaining('"live"'));
  await messages;
  anny.conversation.send("meanwhile");
  await expect.poll(() => frames).toContainEqual(expect.stringContaining('"meanwhile"'));
  release();
  await page.getByRole("log").getByText("meanwhile", { exact: true }).waitFor();
  expect(await page.getByRole("log").getByRole("article").count()).toBe(2);
  await page.getByRole("textbox", { name: "Message to Anny" }).fill("back");
  await page.keyboard.press("Enter");
  await anny.until((view) => view.messages.some(({ body }) => body === "back"));
  expect(sockets).toBe(1);
  anny.conversation.close();
  await context.close();
});

it("[WEB-5] a head start that comes to nothing is made up for", async () => {
  const { link, context, page } = await startChat();
  await page.goto("about:blank");
  const refused = page.waitForEvent("requestfailed", (request) => request.url().endsWith("/messages"));
  await page.route(/\/messages$/, (route) => route.abort(), { times: 1 });
  const closed = Promise.withResolvers<void>();
  await page.routeWebSocket(/\/ws$/, async (socket) => {
    await socket.close({ code: 1012 });
    closed.resolve();
  });
  const release = await holdScripts(page);
  await page.goto(link, { waitUntil: "commit" });
  await Promise.all([refused, closed.promise]);
  let sockets = 0;
  await page.routeWebSocket(/\/ws$/, (socket) => {
    sockets++;
    socket.connectToServer();
  });
  release();
  await composer(page);
  expect(sockets).toBe(1);
  await context.close();
});

it("[WEB-5] a newcomer's page asks who the chat is between, before its scripts are there, and for nothing else", async () => {
  const { hash, link, context: other } = await startChat();
  const context = await site.browser.newContext();
  const page = await context.newPage();
  const asked: string[] = [];
  page.on("websocket", (socket) => asked.push(socket.url()));
  page.on("request", (request) => asked.push(...(request.resourceType() === "fetch" ? [request.url()] : [])));
  const release = await holdScripts(page);
  const answered = page.waitForResponse(/\/user\/\w+$/);
  await page.goto(link, { waitUntil: "commit" });
  await answered;
  release();
  await page.getByRole("button", { name: "I'm Abhi" }).waitFor();
  expect(asked).toEqual([`${site.stack.url}/chat-server/user/${hash}`]);
  await Promise.all([context.close(), other.close()]);
});

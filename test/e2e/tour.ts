/** Every page and state of the site, one after the other, in the real app: for axe, for screenshots, for eyes. */
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { stepIn } from "./step-in.ts";
import { type Person, join } from "./two-people.ts";
import { createDuet } from "../../client/index.ts";

export interface Stop {
  name: string;
  page: Page;
}

const LINES: [sender: "Abhi" | "Anny", body: string][] = [
  ["Anny", "Did you get home all right?"],
  ["Abhi", "Just now. The train was late again 🙄"],
  ["Anny", "Of course it was"],
  ["Anny", "I found the place I told you about, look: https://example.org/garden?spot=42"],
  ["Abhi", "That's beautiful. Saturday?"],
  ["Anny", "Saturday! Bring the good coffee ☕"],
  ["Anny", "اگر باران نیاید، تمام روز آنجا می‌مانیم"],
  ["Abhi", "Deal. I'll be there at ten, and I promise I won't bring up the novel. Not even chapter three."],
  ["Anny", "🎉"],
];

/** A chat that looks lived in; Anny stays connected. */
export async function livelyChat(baseUrl: string): Promise<{ link: string; hash: string; anny: Person }> {
  const { hash, link } = await createDuet({ baseUrl }).register({ userOne: "Abhi", userTwo: "Anny" });
  const people = { Abhi: await join(baseUrl, hash, "Abhi"), Anny: await join(baseUrl, hash, "Anny") };
  for (const [index, [sender, body]] of LINES.entries()) {
    people[sender].conversation.send(body, index === 4 ? { replyTo: 4 } : {});
    await people.Abhi.until(({ messages }) => messages.filter(({ seq }) => seq !== undefined).length === index + 1);
  }
  people.Anny.conversation.react(8, "❤️");
  people.Abhi.conversation.react(6, "👍");
  await people.Anny.until(({ messages }) => messages[7]?.reactions["Anny"] !== undefined);
  people.Anny.conversation.markRead(LINES.length);
  people.Abhi.conversation.markRead(LINES.length);
  await people.Anny.until(({ members }) => members.every(({ readSeq }) => readSeq === LINES.length));
  people.Abhi.conversation.close();
  return { hash, link, anny: people.Anny };
}

/** Opens a context's page and signs in as Abhi. */
export async function openAsAbhi(context: BrowserContext, link: string): Promise<Page> {
  const page = await stepIn(context, link, "Abhi");
  await page.getByText("🎉").waitFor();
  return page;
}

/** Visits every state in turn; what is yielded stands still until the next is asked for. */
export async function* tour(browser: Browser, baseUrl: string, look: BrowserContextOptions): AsyncGenerator<Stop> {
  const context = await browser.newContext(look);
  const page = await context.newPage();
  async function visit(path: string): Promise<void> {
    await page.goto(new URL(path, baseUrl).href, { waitUntil: "networkidle" });
  }

  await visit("/");
  yield { name: "home", page };
  await page.getByRole("button", { name: "Make the link" }).click();
  await page.getByText("Write a name here.").first().waitFor();
  yield { name: "home-errors", page };
  await page.getByRole("textbox", { name: "Your name" }).fill("Abhi");
  await page.getByRole("textbox", { name: "Their name" }).fill("Anny");
  await page.getByRole("button", { name: "Make the link" }).click();
  await page.getByRole("textbox", { name: "Link to the chat" }).waitFor();
  yield { name: "ready", page };
  await page.getByRole("button", { name: "QR code", exact: true }).click();
  await page.getByRole("figure").waitFor();
  yield { name: "ready-qr", page };
  for (const path of ["/demo/chat", "/demo/chat/register", "/blog/section/project/article/chatapp"]) {
    await visit(path);
    yield { name: path.slice(1).replaceAll("/", "-"), page };
  }
  await visit("/chat-server/docs");
  await page.getByRole("heading", { name: "Make a chat for two names" }).waitFor();
  // One stop for both: it is by far the largest page.
  const card = page.getByRole("article").filter({ hasText: "Your own account" });
  await card.getByText("Try it").click();
  await card.getByRole("textbox", { name: "Access token" }).fill("no token");
  await card.getByRole("button", { name: "Send" }).click();
  await card.getByText("Answered 401").waitFor();
  yield { name: "docs", page };
  await visit("/verify-email");
  await page.getByRole("heading", { name: "Open the link in your mail" }).waitFor();
  yield { name: "verify-email-missing", page };
  await page.goto(new URL("/verify-email#not.a.token", baseUrl).href);
  await page.getByRole("heading", { name: "Is this your address?" }).waitFor();
  yield { name: "verify-email", page };
  await page.getByRole("button", { name: "Yes, confirm it" }).click();
  await page.getByRole("heading", { name: "Your address isn't confirmed" }).waitFor();
  yield { name: "verify-email-failed", page };
  await visit("/nowhere");
  yield { name: "not-found", page };
  await visit(`/demo/chat/user/${"0".repeat(22)}`);
  await page.getByRole("heading", { name: "No chat behind this link" }).waitFor();
  yield { name: "unknown", page };
  await page.close();

  yield* tourOfAChat(context, baseUrl);
  await context.close();
}

async function* tourOfAChat(context: BrowserContext, baseUrl: string): AsyncGenerator<Stop> {
  const { hash, link, anny } = await livelyChat(baseUrl);
  const picking = await context.newPage();
  await picking.goto(link);
  await picking.getByRole("button", { name: "I'm Abhi" }).waitFor();
  yield { name: "pick", page: picking };
  await picking.close();

  const page = await openAsAbhi(context, link);
  yield { name: "chat", page };
  anny.conversation.setTyping(true);
  await page.getByText("typing…").waitFor();
  yield { name: "chat-typing", page };
  await page.getByRole("button", { name: "Chat menu" }).click();
  await page.getByRole("button", { name: "Sign out" }).waitFor();
  yield { name: "chat-menu", page };
  await page.getByRole("button", { name: "End chat for both" }).click();
  await page.getByRole("button", { name: "End and delete" }).waitFor();
  yield { name: "chat-end-dialog", page };
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "End and delete" }).waitFor({ state: "hidden" });

  await context.setOffline(true);
  await page.getByRole("textbox", { name: "Message to Anny" }).fill("Written in a tunnel");
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await page.getByText("Reconnecting… You can keep writing.").waitFor();
  yield { name: "chat-offline", page };
  await context.setOffline(false);
  await page.getByText("Reconnecting… You can keep writing.").waitFor({ state: "hidden" });

  await page.getByRole("button", { name: "Chat menu" }).click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "You're signed out" }).waitFor();
  yield { name: "signed-out", page };
  await anny.duet.endChat(hash);
  await page.goto(link);
  await page.getByRole("heading", { name: "This chat is over" }).waitFor();
  yield { name: "ended", page };
  anny.conversation.close();
}

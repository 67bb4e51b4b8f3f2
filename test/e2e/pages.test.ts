/** The pages beside the chat that do something: confirming an address, trying the API. */
import { expect, it } from "vitest";
import { useSite } from "./site.ts";

const site = useSite();

interface Account {
  email: string;
  username: string;
  token: string;
}

async function signUp(): Promise<Account> {
  const username = `user_${crypto.randomUUID().slice(0, 8)}`;
  const email = `${username}@test.com`;
  const answer = await fetch(`${site.stack.url}/chat-server/api/v1/auth/register`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ email, username, password: "12345678" }),
  });
  const { tokens } = await answer.json();
  return { email, username, token: tokens.access_token };
}

async function isVerified({ token }: Account): Promise<boolean> {
  const headers = { Authorization: `Bearer ${token}` };
  const answer = await fetch(`${site.stack.url}/chat-server/api/v1/auth/me`, { headers });
  const { email_verified: verified } = await answer.json();
  return verified;
}

/** The link in the mail that somebody got. */
async function mailedLink({ email }: Account): Promise<string> {
  async function find(): Promise<string | undefined> {
    const { mails } = await (await fetch(site.stack.mailboxUrl)).json();
    const mail = mails.find(({ to }: { to: string[] }) => to.includes(email));
    return /\S+\/verify-email#\S+/.exec(mail?.text ?? "")?.[0];
  }
  await expect.poll(find).toBeDefined();
  return (await find()) ?? "";
}

it("[WEB-6] the link in a mail confirms the address when told to, and leaves no token in the address bar", async () => {
  const account = await signUp();
  const link = await mailedLink(account);
  const context = await site.browser.newContext();
  const page = await context.newPage();
  await page.goto(link);
  await page.getByRole("heading", { name: "Is this your address?" }).waitFor();
  await expect.poll(() => page.url()).toBe(`${site.stack.url}/verify-email`);
  // A program that opens the links of mails gets as far as this.
  await page.waitForLoadState("networkidle");
  expect(await isVerified(account)).toBe(false);

  await context.setOffline(true);
  await page.getByRole("button", { name: "Yes, confirm it" }).click();
  await page.getByText("Check your connection and try again.").first().waitFor();
  await context.setOffline(false);
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByRole("heading", { name: "Your address is confirmed" }).waitFor();
  expect(await page.getByRole("status").textContent()).toContain("you can log in with it");
  expect(await isVerified(account)).toBe(true);
  expect(page.url()).toBe(`${site.stack.url}/verify-email`);

  // Another link in the same tab begins anew, and what it says is where to go from here.
  await page.evaluate(() => (location.hash = "#not.a.token"));
  await page.getByRole("heading", { name: "Is this your address?" }).waitFor();
  await page.getByRole("button", { name: "Yes, confirm it" }).click();
  await page.getByText("ask for another mail").first().waitFor();
  expect(await page.getByRole("button", { name: /confirm|again/ }).count()).toBe(0);
  await page.reload();
  await page.getByRole("heading", { name: "Open the link in your mail" }).waitFor();
  await context.close();
});

it("[WEB-7] the page about the API sends the token that was entered, where one is needed, and keeps it nowhere", async () => {
  const { token, username } = await signUp();
  const context = await site.browser.newContext();
  const page = await context.newPage();
  const authorized: (string | undefined)[] = [];
  page.on("request", (request) => {
    if (request.url().includes("/api/v1/") || request.url().endsWith("/health")) {
      authorized.push(request.headers()["authorization"]);
    }
  });
  await page.goto(`${site.stack.url}/docs`);
  const card = (summary: string) => page.getByRole("article").filter({ hasText: summary });
  const open = (summary: string) => card(summary).getByText("Try it").click();
  const send = (summary: string) => card(summary).getByRole("button", { name: "Send" }).click();

  await open("Your own account");
  await send("Your own account");
  await card("Your own account").getByText("Answered 401").waitFor();
  await card("Your own account").getByRole("textbox", { name: "Access token" }).fill(` ${token} `);
  await send("Your own account");
  await card("Your own account").getByText("Answered 200").waitFor();
  expect(await card("Your own account").getByRole("status").textContent()).toContain(username);
  // Entered once for all.
  await open("Your friends, and whether they are there");
  await send("Your friends, and whether they are there");
  await card("Your friends, and whether they are there").getByText("Answered 200").waitFor();
  await open("Whether the Worker serves");
  expect(await card("Whether the Worker serves").getByRole("textbox", { name: "Access token" }).count()).toBe(0);
  await send("Whether the Worker serves");
  await card("Whether the Worker serves").getByText("Answered 200").waitFor();
  expect(authorized).toEqual([undefined, `Bearer ${token}`, `Bearer ${token}`, undefined]);

  const state = JSON.stringify(await context.storageState({ indexedDB: true }));
  expect(state).not.toContain(token);
  expect(await page.evaluate(() => JSON.stringify(sessionStorage))).not.toContain(token);
  await page.reload();
  await open("Your own account");
  expect(await card("Your own account").getByRole("textbox", { name: "Access token" }).inputValue()).toBe("");
  await context.close();
});

import type { BrowserContext, Page } from "playwright-core";

/** Opens a chat's link in a new page and signs in as one of the two. */
export async function stepIn(context: BrowserContext, link: string, name: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(link);
  await page.getByRole("button", { name: `I'm ${name}` }).click();
  await page.getByRole("textbox", { name: /^Message to/ }).waitFor();
  return page;
}

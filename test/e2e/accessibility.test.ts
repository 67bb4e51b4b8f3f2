import { AxeBuilder } from "@axe-core/playwright";
import { expect, it } from "vitest";
import { useSite } from "./site.ts";
import { tour } from "./tour.ts";

const site = useSite();

it.concurrent.each([
  { colorScheme: "light", viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
  { colorScheme: "dark", viewport: { width: 1280, height: 800 } },
  { colorScheme: "dark", viewport: { width: 320, height: 640 }, hasTouch: true, isMobile: true },
] as const)("[WEB-2] axe finds no violation on any page: $colorScheme, $viewport.width px", async (look) => {
  const violations: string[] = [];
  const wide: string[] = [];
  // Reduced motion: axe must not measure a colour in the middle of a transition.
  for await (const { name, page } of tour(site.browser, site.stack.url, { ...look, reducedMotion: "reduce" })) {
    // The narrowest screen has the same elements as the others: there, only their fit is looked at.
    const found = look.viewport.width > 320 ? (await new AxeBuilder({ page }).analyze()).violations : [];
    for (const { id, nodes } of found) violations.push(`${name}: ${id} on ${nodes.map(({ html }) => html).join(", ")}`);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    if (overflow > 0) wide.push(`${name}: ${overflow} px`);
  }
  expect(violations).toEqual([]);
  expect(wide).toEqual([]);
});

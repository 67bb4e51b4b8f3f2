/** A browser context that counts what injected code did. */
import type { Browser, BrowserContext } from "playwright-core";

/** What injected code did, and what the policy had to stop. */
export interface Traps {
  executed: string[];
  violations: string[];
}

/** @param options - of Playwright; `bypassCSP` is for controls */
export async function openTrappedContext(
  browser: Browser,
  options: { bypassCSP?: boolean } = {},
): Promise<{ context: BrowserContext; traps: Traps }> {
  const context = await browser.newContext(options);
  const traps: Traps = { executed: [], violations: [] };
  await context.exposeFunction("trapExecution", (what: string) => traps.executed.push(what));
  await context.exposeFunction("trapViolation", (what: string) => traps.violations.push(what));
  // A text, because it runs in the page, in every frame, before anything else.
  await context.addInitScript(`
    for (const name of ["alert", "confirm", "prompt"]) globalThis[name] = () => trapExecution(name + " at " + location.href);
    addEventListener("securitypolicyviolation", (event) => trapViolation(event.violatedDirective + " " + event.blockedURI));
  `);
  context.on("dialog", (dialog) => {
    traps.executed.push(`dialog ${dialog.message()}`);
    void dialog.dismiss();
  });
  return { context, traps };
}

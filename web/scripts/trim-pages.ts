/** Takes out of the exported pages what Next puts in for every page and ours are better off without. */
import { writeFileSync } from "node:fs";
import { exportedPages } from "./exported-pages.ts";

/**
 * Polyfills for browsers without modules. Those could not run Duet anyway: its pages need <dialog>, light-dark() and the
 * regular expressions of protocol/.
 */
const LEGACY = /<script\b[^>]*\bnomodule\b[^>]*><\/script>/gi;

/** In the chat, the display font sets one letter: it must not take the line from the scripts. It loads when needed. */
const CHAT_PAGE = "/demo/chat/user";
const FONT_PRELOAD = /<link rel="preload"[^>]*\bas="font"[^>]*\/>/g;

export function trimPages(): void {
  for (const { file, route, html } of exportedPages()) {
    const trimmed = html.replace(LEGACY, "");
    writeFileSync(file, route === CHAT_PAGE ? trimmed.replace(FONT_PRELOAD, "") : trimmed);
  }
}

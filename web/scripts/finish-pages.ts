/** Changes in the exported pages what Next has no setting for. */
import { writeFileSync } from "node:fs";
import { HEAD_START_SCRIPT } from "../device/head-start.ts";
import { exportedPages } from "./exported-pages.ts";

const CHAT_PAGE = "/demo/chat/user";

/**
 * Polyfills for browsers without modules. Those could not run Duet anyway: its pages need <dialog>, light-dark() and the
 * regular expressions of protocol/.
 */
const LEGACY = /<script\b[^>]*\bnomodule\b[^>]*><\/script>/gi;

/** In the chat, the display font sets one letter: it must not take the line from the scripts. It loads when needed. */
const FONT_PRELOAD = /<link rel="preload"[^>]*\bas="font"[^>]*\/>/g;

const CHARSET = '<meta charSet="utf-8"/>';

export function finishPages(): void {
  for (const { file, route, html } of exportedPages()) {
    const finished = html.replace(LEGACY, "");
    writeFileSync(file, route === CHAT_PAGE ? finishChat(finished) : finished);
  }
}

/** The head start stands above the style sheet, which every script below it waits for; Next puts that first. */
function finishChat(html: string): string {
  if (!html.includes(CHARSET)) throw new Error(`The chat page lacks ${CHARSET}.`);
  return html.replace(FONT_PRELOAD, "").replace(CHARSET, () => `${CHARSET}<script>${HEAD_START_SCRIPT}</script>`);
}

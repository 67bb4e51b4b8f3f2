/**
 * Takes the polyfills out of the export that Next adds for browsers without modules. Those could not run Duet anyway:
 * its pages need <dialog>, light-dark() and the regular expressions of protocol/.
 */
import { writeFileSync } from "node:fs";
import { exportedPages } from "./exported-pages.ts";

const LEGACY = /<script\b[^>]*\bnomodule\b[^>]*><\/script>/gi;

export function dropLegacyScripts(): void {
  for (const { file, html } of exportedPages()) writeFileSync(file, html.replace(LEGACY, ""));
}

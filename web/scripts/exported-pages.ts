/** The pages of the static export, as a browser is going to see them. */
import { createHash } from "node:crypto";
import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";

export const OUT = path.join(import.meta.dirname, "../out");

export interface ExportedPage {
  /** Where it is served; `/*` for the page of every unknown path. */
  route: string;
  html: string;
}

export interface LoadedScript {
  file: string;
  /** Skipped by every browser that knows modules, which is all that Duet supports. */
  legacy: boolean;
  gzippedBytes: number;
}

export function exportedPages(): ExportedPage[] {
  const files = globSync("**/*.html", { cwd: OUT }).sort();
  if (files.length === 0) throw new Error("web/out holds no pages. Run `next build web` first.");
  return files.map((file) => ({ route: routeOf(file), html: readFileSync(path.join(OUT, file), "utf8") }));
}

function routeOf(file: string): string {
  if (file === "404.html") return "/*";
  const route = `/${file.slice(0, -".html".length)}`;
  return route === "/index" ? "/" : route;
}

const SCRIPT = /<script\b([^>]*)>([\s\S]*?)<\/script>/g;

/** CSP sources of a page's inline scripts, each once, in the page's order. */
export function inlineScriptHashes({ html }: ExportedPage): string[] {
  const hashes = Array.from(html.matchAll(SCRIPT), ([, attributes = "", text = ""]) =>
    /\bsrc=/.test(attributes) ? undefined : `'sha256-${createHash("sha256").update(text).digest("base64")}'`,
  );
  return [...new Set(hashes.filter((hash) => hash !== undefined))];
}

/** What a page loads by itself, before anything is pressed. */
export function loadedScripts({ html }: ExportedPage): LoadedScript[] {
  const tags = Array.from(html.matchAll(SCRIPT), ([, attributes = ""]) => ({
    file: /\bsrc="([^"?]+)/.exec(attributes)?.[1],
    legacy: /\bnomodule\b/i.test(attributes),
  }));
  return tags.flatMap(({ file, legacy }) => {
    if (file === undefined) return [];
    return [{ file, legacy, gzippedBytes: gzipSync(readFileSync(path.join(OUT, file)), { level: 9 }).length }];
  });
}

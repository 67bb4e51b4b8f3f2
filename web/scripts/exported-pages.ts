/** The pages of the static export, as a browser is going to see them. */
import { createHash } from "node:crypto";
import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";

export const OUT = path.join(import.meta.dirname, "../out");

export interface ExportedPage {
  /** Where it is served; `/*` for the page of every unknown path. */
  route: string;
  /** Full path of the file. */
  file: string;
  html: string;
}

export function exportedPages(): ExportedPage[] {
  const files = globSync("**/*.html", { cwd: OUT }).sort();
  if (files.length === 0) throw new Error("web/out holds no pages. Run `next build web` first.");
  return files.map((name) => {
    const file = path.join(OUT, name);
    return { route: routeOf(name), file, html: readFileSync(file, "utf8") };
  });
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

/** Gzipped bytes of the scripts that a page loads by itself, before anything is pressed. */
export function scriptBytes({ html }: ExportedPage): number {
  const files = Array.from(html.matchAll(SCRIPT), ([, attributes = ""]) => /\bsrc="([^"?]+)/.exec(attributes)?.[1]);
  return files
    .filter((file) => file !== undefined)
    .reduce((bytes, file) => bytes + gzipSync(readFileSync(path.join(OUT, file)), { level: 9 }).length, 0);
}

/**
 * The last step of the build: writes web/out/_headers, which Cloudflare applies to every static file: one Content-Security-Policy per page, with
 * the hash of each of its inline scripts, because a static export can't use nonces.
 */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { finishPages } from "./finish-pages.ts";
import { exportedPages, inlineScriptHashes, OUT, type ExportedPage } from "./exported-pages.ts";

// https://developers.cloudflare.com/workers/static-assets/headers
const LINE_MAX = 2_000;
const RULES_MAX = 100;

const EVERYWHERE = [
  "Referrer-Policy: no-referrer",
  "X-Content-Type-Options: nosniff",
  "Permissions-Policy: camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
  "Cross-Origin-Opener-Policy: same-origin",
  "Cross-Origin-Resource-Policy: same-origin",
];

const IMMUTABLE = ["/_next/static/*", "  Cache-Control: public, max-age=31536000, immutable"];

/** Pages that hold a secret in their address, or nothing worth finding. */
const UNLISTED = ["/demo/chat/user", "/demo/chat/register", "/verify-email"];

function policyOf(page: ExportedPage): string {
  return [
    "default-src 'self'",
    `script-src 'self' ${inlineScriptHashes(page).join(" ")}`,
    "style-src 'self'",
    "img-src 'self' data:",
    // In CSP level 3 'self' covers the WebSocket of the same host (Chrome 71, Safari 16, Firefox 110 and later).
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");
}

function ruleOf(page: ExportedPage): string[] {
  const policy = `  Content-Security-Policy: ${policyOf(page)}`;
  if (page.route === "/*") return ["/*", ...EVERYWHERE.map((header) => `  ${header}`), policy];
  const unlisted = UNLISTED.includes(page.route) ? ["  X-Robots-Tag: noindex, nofollow"] : [];
  // Rules add up: without the first line a page would get the policy of /* as well, and both would apply.
  return [page.route, "  ! Content-Security-Policy", policy, ...unlisted];
}

function headersFile(): string {
  const pages = exportedPages().sort((a, b) => Number(b.route === "/*") - Number(a.route === "/*"));
  const rules = [...pages.map(ruleOf), IMMUTABLE];
  if (rules.length > RULES_MAX) throw new Error(`_headers would have ${rules.length} rules; ${RULES_MAX} are allowed.`);
  const tooLong = rules.flat().find((line) => line.length > LINE_MAX);
  if (tooLong !== undefined) throw new Error(`A line of _headers is longer than ${LINE_MAX}: ${tooLong.slice(0, 80)}…`);
  return `${rules.map((rule) => rule.join("\n")).join("\n\n")}\n`;
}

finishPages();
writeFileSync(path.join(OUT, "_headers"), headersFile());

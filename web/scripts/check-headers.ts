/** Fails when an exported page holds anything that its own policy in web/out/_headers would block. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { exportedPages, inlineScriptHashes, OUT, type ExportedPage } from "./exported-pages.ts";

function policies(): Map<string, string> {
  const found = new Map<string, string>();
  for (const rule of readFileSync(path.join(OUT, "_headers"), "utf8").split("\n\n")) {
    const [route = "", ...lines] = rule.split("\n");
    const policy = lines.find((line) => line.startsWith("  Content-Security-Policy: "));
    if (policy !== undefined) found.set(route, policy);
  }
  return found;
}

function blockedOn(page: ExportedPage, policy: string | undefined): string[] {
  if (policy === undefined) return ["no Content-Security-Policy for this page"];
  const body = page.html.replace(/<script\b[\s\S]*?<\/script>/g, "");
  return [
    ...inlineScriptHashes(page)
      .filter((hash) => !policy.includes(hash))
      .map((hash) => `an inline script without its hash in the policy: ${hash}`),
    ...(/<style\b/.test(body) ? ["an inline <style>"] : []),
    ...(/<[^>]+\sstyle="/.test(body) ? ["a style attribute"] : []),
    ...(/<[^>]+\son[a-z]+="/.test(body) ? ["an event handler attribute"] : []),
    ...(policy.includes("unsafe-") ? ["an unsafe- keyword in the policy"] : []),
  ];
}

const policyOfRoute = policies();
const problems = exportedPages().flatMap((page) =>
  blockedOn(page, policyOfRoute.get(page.route)).map((problem) => `${page.route}: ${problem}`),
);

if (problems.length > 0) {
  process.stderr.write(`The export breaks its own Content-Security-Policy:\n  ${problems.join("\n  ")}\n`);
  process.exitCode = 1;
}

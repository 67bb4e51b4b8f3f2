/** Builds the web pages when their sources have changed since the last build; as a program, does just that. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { LOCAL, WEB_OUT } from "./paths.ts";
import { startProcessGroup } from "./process-group.ts";
import { step } from "./progress.ts";
import { hashSources } from "./source-hash.ts";

const SOURCES = ["web/**", "client/**", "protocol/**", "package-lock.json"];
const GENERATED = ["web/out", "web/.next", "web/next-env.d.ts", "**/*.tsbuildinfo", "**/*.md"];
/** Inside the build, so that every other build removes it. */
const STAMP = join(WEB_OUT, ".sources");

/** Whether web/out is missing or was built from other sources. */
export async function isWebStale(): Promise<boolean> {
  const stamp = await readFile(STAMP, "utf8").catch(() => undefined);
  return stamp !== (await hashSources(SOURCES, GENERATED));
}

/**
 * Builds web/out.
 *
 * @param signal - ends the build early
 * @throws Error with the last output when the build fails
 */
export async function buildWeb(signal?: AbortSignal): Promise<void> {
  const hash = await hashSources(SOURCES, GENERATED);
  await mkdir(LOCAL, { recursive: true });
  const group = startProcessGroup(["npm", "run", "build:web"], join(LOCAL, "web-build.log"), {
    ...process.env,
    NEXT_TELEMETRY_DISABLED: "1",
  });
  signal?.addEventListener("abort", () => void group.stop());
  const code = await group.exited;
  signal?.throwIfAborted();
  if (code !== 0) throw new Error(`\`npm run build:web\` failed:\n${await group.output()}`);
  await writeFile(STAMP, hash);
}

if (import.meta.main && (await isWebStale())) await step("Web pages", () => buildWeb());

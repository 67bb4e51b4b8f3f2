/** Finds or installs the Chromium that browser tests drive. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { type Browser, chromium } from "playwright-core";
import { LOCAL, ROOT } from "./paths.ts";
import { startProcessGroup } from "./process-group.ts";

const SYSTEM_NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
/** Beyond Playwright's own flags: nothing a test machine lacks, and no traffic of the browser's own. */
const FLAGS = [
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
const PLAYWRIGHT_INSTALL = [
  process.execPath,
  join(ROOT, "node_modules", ".bin", "playwright-core"),
  "install",
  "chromium",
];
const DEBIAN_INSTALL = ["sh", "-c", "apt-get update && apt-get install -y --no-install-recommends chromium"];

/**
 * Starts a headless Chromium with a fresh profile. Close it after use.
 *
 * @throws Error when this machine has none; `npm test` installs one
 */
export async function launchChromium(): Promise<Browser> {
  const executablePath = await findChromium();
  if (executablePath === undefined) throw new Error("There is no Chromium here. Set CHROMIUM_PATH, or run `npm test`.");
  return chromium.launch({ executablePath, chromiumSandbox: false, args: FLAGS });
}

/**
 * The path of a Chromium that runs: `CHROMIUM_PATH`, the system's, or Playwright's download.
 *
 * @throws Error when CHROMIUM_PATH is set but does not run
 */
export async function findChromium(): Promise<string | undefined> {
  const { CHROMIUM_PATH } = process.env;
  if (CHROMIUM_PATH) {
    if (await runs(CHROMIUM_PATH)) return CHROMIUM_PATH;
    throw new Error(`CHROMIUM_PATH is ${CHROMIUM_PATH}, but \`${CHROMIUM_PATH} --version\` fails.`);
  }
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  const onPath = SYSTEM_NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  for (const path of [...onPath, chromium.executablePath()]) if (existsSync(path) && (await runs(path))) return path;
  return undefined;
}

/**
 * Installs a Chromium: as root Debian's package, which brings its libraries along, else Playwright's download.
 *
 * @throws Error with the installers' last output when neither works
 */
export async function installChromium(): Promise<string> {
  const failures: string[] = [];
  for (const command of process.getuid?.() === 0 ? [DEBIAN_INSTALL, PLAYWRIGHT_INSTALL] : [PLAYWRIGHT_INSTALL]) {
    const group = startProcessGroup(command, join(LOCAL, "chromium-install.log"), process.env);
    await group.exited;
    const found = await findChromium();
    if (found !== undefined) return found;
    failures.push(await group.output());
  }
  throw new Error(
    `Chromium could not be installed. Install it yourself, or set CHROMIUM_PATH.\n${failures.join("\n")}`,
  );
}

/** Whether the program starts at all: a download without its system libraries, or Ubuntu's snap stub, does not. */
async function runs(executable: string): Promise<boolean> {
  try {
    await promisify(execFile)(executable, ["--version"], { timeout: 20_000 });
    return true;
  } catch {
    return false;
  }
}

/** `npm run verify`: everything that must hold before a change lands, the cheap checks first. */
import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { checkDocs } from "./checks/docs.ts";
import { checkMapping } from "./checks/mapping.ts";
import { checkPromises } from "./checks/promises.ts";
import { checkSpec } from "./checks/spec.ts";
import { LOCAL, ROOT } from "./paths.ts";
import { startProcessGroup } from "./process-group.ts";
import { explain, step } from "./progress.ts";
import { buildWeb } from "./web-build.ts";

/** The same choices each time. `npm run soak` takes other ones, for longer. */
const SOAK = ["--minutes", "2", "--seed", "1", "--pairs", "4"];

try {
  await step("Format", () => run("oxfmt", "--check", "."));
  await step("Lint", () => run("npm", "run", "lint"));
  await step("Bindings", () => run("wrangler", "types", "worker/env.d.ts", "--check"));
  await step("Types", () => run("npm", "run", "types"));
  await step("Dead code", () => run("knip"));
  await step("Migrations", checkMigrations);
  await step("Rules", () => report(checkSpec()));
  await step("Promises", () => report(checkPromises()));
  await step("Docs", () => report(checkDocs()));
  await step("Mapping", () => report(checkMapping()));
  await step("Web pages", () => buildWeb());
  await step("Web budget", () => run("npm", "run", "check:web"));
  await step("Deploy", () => run("wrangler", "deploy", "--dry-run", "--outdir", join(LOCAL, "dry-run")));
} catch (error) {
  console.error(`\n${explain(error)}`);
  process.exit(1);
}

// Beside the tests in Node and in the runtime, which come first: it mostly waits, and they time nothing that it slows
// down. By the time that browsers start, it is over.
const soak = startProcessGroup(
  [process.execPath, join(ROOT, "test", "faults", "soak.ts"), ...SOAK],
  join(LOCAL, "soak.log"),
  process.env,
);
const testsExitCode = await exitCode("npm", ["test"], "inherit");
const othersExitCode = (await soakExitCode()) || (await benchExitCode());
process.exit(testsExitCode || othersExitCode);

/** What is counted, and ratios with room for noise; alone, because it measures time. Shows its last words, or all of them. */
async function benchExitCode(): Promise<number> {
  const output: string[] = [];
  const code = await exitCode("npm", ["run", "bench", "--", "--quick"], (text) => output.push(text));
  const text = output.join("").trimEnd();
  console.log(code === 0 ? `bench: ${text.split("\n").at(-1)}` : text);
  return code;
}

/** Waits for the soak to end, and shows how it did. */
async function soakExitCode(): Promise<number> {
  const code = await soak.exited;
  const [counts = "", , verdict = ""] = (await soak.output()).split("\n").slice(-3);
  console.log(code === 0 ? `soak: ${counts}. ${verdict}` : await soak.output());
  return code;
}

/** @throws Error with all that the command printed, when it fails */
async function run(command: string, ...parameters: string[]): Promise<void> {
  const output: string[] = [];
  const code = await exitCode(command, parameters, (text) => output.push(text));
  if (code !== 0) throw new Error(`${[command, ...parameters].join(" ")} failed:\n${output.join("")}`);
}

function exitCode(
  command: string,
  parameters: string[],
  output: "inherit" | ((text: string) => void),
): Promise<number> {
  return new Promise((resolve, reject) => {
    const stdio = output === "inherit" ? "inherit" : "pipe";
    const child = spawn(command, parameters, { cwd: ROOT, stdio });
    if (output !== "inherit") {
      child.stdout?.on("data", (text) => output(String(text)));
      child.stderr?.on("data", (text) => output(String(text)));
    }
    child.on("error", reject);
    child.on("exit", (code) => resolve(code ?? 1));
  });
}

async function report(problems: Promise<string[]>): Promise<void> {
  const found = await problems;
  if (found.length > 0) throw new Error(found.join("\n"));
}

/** Generates migrations once more beside the committed ones: a schema that drifted would add one. */
async function checkMigrations(): Promise<void> {
  await run("drizzle-kit", "check");
  await mkdir(LOCAL, { recursive: true });
  const scratch = await mkdtemp(join(LOCAL, "migrations-"));
  try {
    await run("cp", "-r", "drizzle/migrations/.", scratch);
    const before = await readdir(scratch);
    const folder = scratch.slice(ROOT.length + 1);
    await run(
      "drizzle-kit",
      "generate",
      "--dialect",
      "postgresql",
      "--schema",
      "./drizzle/*schema.ts",
      "--out",
      folder,
    );
    if ((await readdir(scratch)).length !== before.length) {
      throw new Error(
        "A schema in drizzle/ has changed. Run `npm run migration -- --name what_changed`, and commit it.",
      );
    }
  } finally {
    await rm(scratch, { recursive: true });
  }
}

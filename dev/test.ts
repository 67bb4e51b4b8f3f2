/** `npm test`: gets what the tests need, then runs them. Arguments go to vitest: `npm test -- --project node`. */
import { mkdir } from "node:fs/promises";
import { parseCLI, startVitest, type TestModule, type Vitest } from "vitest/node";
import { findChromium, installChromium } from "./chromium.ts";
import { LOCAL } from "./paths.ts";
import { explain, step } from "./progress.ts";
import { buildWeb, isWebStale } from "./web-build.ts";

try {
  process.exitCode = await main();
} catch (error) {
  console.error(`\n${explain(error)}`);
  process.exitCode = 1;
}

/** @returns the exit code */
async function main(): Promise<number> {
  const { filter, options } = parseCLI(["vitest", "run", ...process.argv.slice(2)]);
  const projects = [options.project ?? []].flat();
  if (projects.length === 0 || projects.includes("e2e")) await prepareBrowserTests();

  const vitest = await startVitest("test", filter, options);
  const { passed, failed } = count(vitest);
  await vitest.close();
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 && passed > 0 ? 0 : 1;
}

async function prepareBrowserTests(): Promise<void> {
  await mkdir(LOCAL, { recursive: true });
  if ((await findChromium()) === undefined) {
    console.log("There is no Chromium here, so one is installed. CHROMIUM_PATH can name another.");
    await step("Chromium", installChromium);
  }
  if (await isWebStale()) await step("Web pages", buildWeb);
}

/** Counts tests, and as failures also what broke outside of a test: a file that does not load, a hook, a stray error. */
function count({ state }: Vitest): { passed: number; failed: number } {
  const modules = state.getTestModules();
  const outcomes = modules.flatMap((module) => [...module.children.allTests()].map((test) => test.result().state));
  const broken = modules.flatMap(errorsOutsideTests).length + state.getUnhandledErrors().length;
  return {
    passed: outcomes.filter((outcome) => outcome === "passed").length,
    failed: outcomes.filter((outcome) => outcome === "failed" || outcome === "pending").length + broken,
  };
}

function errorsOutsideTests(module: TestModule): unknown[] {
  return [...module.errors(), ...[...module.children.allSuites()].flatMap((suite) => suite.errors())];
}

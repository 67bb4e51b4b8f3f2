/** Fails when docs/MAPPING.md names a file, an endpoint or a rule that isn't there, or a test that names no such rule. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { ALL_ENDPOINTS } from "../../protocol/all-endpoints.ts";
import { type Endpoint, pathsOf } from "../../protocol/endpoint.ts";
import { ROOT } from "../paths.ts";

const MAPPING = join("docs", "MAPPING.md");
const RULE = /\[([A-Z]+-\d+)\]/g;
const LINK = /\]\(\.\.\/([^)#]+)\)/g;

/** @returns what is wrong, a line each */
export async function checkMapping(): Promise<string[]> {
  const lines = (await readFile(join(ROOT, MAPPING), "utf8")).split("\n");
  const spec = await readFile(join(ROOT, "SPEC.md"), "utf8");
  const endpoints = new Set(
    Object.values<Endpoint>(ALL_ENDPOINTS).flatMap((endpoint) =>
      endpoint.methods.flatMap((method) => pathsOf(endpoint).map((path) => `${method} ${path}`)),
    ),
  );
  const problems: string[] = [];
  for (const [index, line] of lines.entries()) {
    const report = (problem: string) => problems.push(`${MAPPING}:${index + 1}: ${problem}`);
    for (const [, named = ""] of line.matchAll(/`([A-Z]+ \/chat-server[^`\s?]*)/g)) {
      if (!endpoints.has(named)) report(`there is no endpoint ${named}.`);
    }
    const texts = await Promise.all(targets(line, LINK).map(read));
    for (const [name, text] of texts) if (text === undefined) report(`there is no ${name}.`);
    const tests = texts.flatMap(([name, text = ""]) => (name.endsWith(".test.ts") ? [text] : []));
    const rules = targets(line, RULE);
    for (const rule of rules) {
      if (!spec.includes(`- **[${rule}]**`)) report(`SPEC.md has no ${rule}.`);
      if (!tests.some((text) => text.includes(`[${rule}]`))) report(`none of the tests linked here names ${rule}.`);
    }
    if (isRow(line) && (tests.length === 0 || tests.length === texts.length || rules.length === 0)) {
      report("a row says where it is, and names a test and a rule, or that it is planned or not here.");
    }
  }
  return problems;
}

function targets(line: string, pattern: RegExp): string[] {
  return [...line.matchAll(pattern)].map(([, target = ""]) => target);
}

async function read(name: string): Promise<[name: string, text: string | undefined]> {
  return [name, await readFile(join(ROOT, name), "utf8").catch(() => undefined)];
}

/** A row of a table with four columns: there, here, how, test. What is planned or not here has no test. */
function isRow(line: string): boolean {
  const [there, here = "", , test, ...more] = line
    .split("|")
    .slice(1, -1)
    .map((cell) => cell.trim());
  if (test === undefined || more.length > 0 || there === "there" || there === "---") return false;
  return !/^(planned: |not here, see below)/.test(here);
}

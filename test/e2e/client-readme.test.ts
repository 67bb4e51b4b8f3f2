/** The examples in client/README.md are whole programs: they run, each in a process of its own, and end by themselves. */
import { execFile } from "node:child_process";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { LOCAL, ROOT } from "../../dev/paths.ts";
import { type Stack, startStack } from "../../dev/stack.ts";

const readme = await readFile(join(ROOT, "client", "README.md"), "utf8");
const examples = [...readme.matchAll(/^## (.+?)$(?:(?!^## ).)*?^```ts\n(.*?)^```/gms)].map(
  ([, title = "", code = ""]) => [title, code] as const,
);
// Inside the repository, so that "duet/client" is found.
const directory = join(LOCAL, "client-readme");
let stack: Stack;

beforeAll(async () => {
  await mkdir(directory, { recursive: true });
  stack = await startStack({ runtime: "workerd" });
});

afterAll(async () => {
  await stack.stop();
  await rm(directory, { recursive: true, force: true });
});

test("[DOC-1] every example is found", () => {
  expect(examples).toHaveLength([...readme.matchAll(/^```ts$/gm)].length);
});

test.concurrent.each(examples)("[DOC-1] %s", async (title, code) => {
  const file = join(directory, `${title.replace(/\W+/g, "-")}.ts`);
  await writeFile(file, code);
  const env = { ...process.env, DUET_URL: stack.url };
  const { stderr } = await promisify(execFile)(process.execPath, [file], { env, timeout: 60_000 });
  expect(stderr).toBe("");
});

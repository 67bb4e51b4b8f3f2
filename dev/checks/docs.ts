/** Fails when the documents name a command, a file or an endpoint that isn't there, or leave an endpoint out. */
import { access, glob, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { ALL_ENDPOINTS } from "../../protocol/all-endpoints.ts";
import type { Endpoint } from "../../protocol/endpoint.ts";
import { BASE_PATH } from "../../protocol/limits.ts";
import { CONVERSATION_KINDS, PERMISSIONS } from "../../protocol/platform/permissions.ts";
import { ROOT } from "../paths.ts";

const FOLDERS = ["protocol", "client", "drizzle", "redis", "durable-objects", "worker", "web", "dev", "test", "docs"];
const NPM_OWN = new Set(["ci", "install", "start", "test"]);

/** @returns what is wrong, a line each */
export async function checkDocs(): Promise<string[]> {
  const problems: string[] = [];
  const { scripts } = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8"));
  for await (const file of glob(["*.md", "docs/**/*.md", "client/*.md"], { cwd: ROOT })) {
    const text = await readFile(join(ROOT, file), "utf8");
    const commands = [...text.matchAll(/\bnpm (?:run )?([a-z][a-z:-]*)/g)].map(([, name = ""]) => name);
    for (const name of commands) {
      if (!(name in scripts) && !NPM_OWN.has(name)) problems.push(`${file}: there is no \`npm run ${name}\`.`);
    }
    for (const path of pathsIn(text)) {
      const from = path.link ? join(ROOT, dirname(file)) : ROOT;
      if (!(await exists(join(from, path.name)))) problems.push(`${file}: there is no ${path.name}.`);
    }
  }
  return [
    ...problems,
    ...checkApiTable(await readFile(join(ROOT, "README.md"), "utf8")),
    ...checkPermissions(await readFile(join(ROOT, "SPEC.md"), "utf8")),
  ];
}

/** Targets of relative links, and what stands in backticks and begins with one of our folders. */
function pathsIn(text: string): { name: string; link: boolean }[] {
  const links = [...text.matchAll(/\]\((?!https?:|#|\/)([^)#\s]+)/g)].map(([, name = ""]) => ({ name, link: true }));
  const inline = [...text.matchAll(/`([\w.-]+\/[\w./-]*)`/g)].flatMap(([, name = ""]) =>
    FOLDERS.includes(name.split("/")[0] ?? "") ? [{ name, link: false }] : [],
  );
  return [...links, ...inline];
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** The README's table has one row per endpoint: methods and path, visibility, summary. */
function checkApiTable(readme: string): string[] {
  const rows = readme.split("\n").filter((line) => line.startsWith("| `"));
  return Object.values<Endpoint>(ALL_ENDPOINTS).flatMap(({ methods, path, visibility, summary }) => {
    const row = `| \`${methods.join("`, `")}\` | \`${BASE_PATH}${path}\` | ${visibility} | ${summary} |`;
    return rows.includes(row) ? [] : [`README.md: the API table lacks this row:\n${row}`];
  });
}

/** SPEC.md's table of permissions has one row per action: by kind of conversation, the roles that may. */
function checkPermissions(spec: string): string[] {
  const rows = new Set(spec.split("\n").filter((line) => line.startsWith("| `")));
  return Object.entries(PERMISSIONS).flatMap(([action, rolesOf]) => {
    const cells = CONVERSATION_KINDS.map((kind) => rolesOf[kind].join(", ") || "nobody");
    const row = `| \`${action}\` | ${cells.join(" | ")} |`;
    return rows.has(row) ? [] : [`SPEC.md: the table of permissions lacks this row:\n${row}`];
  });
}

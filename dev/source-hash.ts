/** Tells whether something built is still that of its sources. */
import { createHash } from "node:crypto";
import { glob, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { ROOT } from "./paths.ts";

/**
 * @param patterns - globs below the repository's root
 * @returns a hash of the files' names and contents
 */
export async function hashSources(patterns: string[], exclude: string[] = []): Promise<string> {
  const paths: string[] = [];
  for await (const path of glob(patterns, { cwd: ROOT, exclude })) paths.push(path);
  const hash = createHash("sha256");
  for (const path of paths.sort()) {
    const file = join(ROOT, path);
    if ((await stat(file)).isFile()) hash.update(`${path}\0`).update(await readFile(file));
  }
  return hash.digest("hex");
}

/** What `wrangler deploy` would upload, made without a network and kept until a source changes. */
import { existsSync } from "node:fs";
import { mkdir, readFile, rename } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import * as z from "zod";
import { LOCAL, ROOT, WEB_OUT } from "./paths.ts";
import { startProcessGroup } from "./process-group.ts";
import { hashSources } from "./source-hash.ts";
import { QUIET, WRANGLER } from "./wrangler-command.ts";

const SOURCES = ["{worker,durable-objects,drizzle,redis,protocol}/**/*.ts", "wrangler.toml", "package-lock.json"];
const FOLDER = join(LOCAL, "bundles");

export interface Bundle {
  code: string;
  compatibilityDate: string;
  compatibilityFlags: string[];
  objects: { binding: string; className: string }[];
  /** `[vars]` of wrangler.toml. */
  vars: Record<string, string>;
}

/**
 * @param entry - below the repository's root; its folder's sources count, too, and so does a wrangler.toml in it
 * @returns the bundle of the sources as they are
 * @throws Error with what wrangler said, when they don't build
 */
export async function bundleWorker(entry = "worker/index.ts"): Promise<Bundle> {
  const hash = await hashSources([...SOURCES, `${dirname(entry)}/**/*.{ts,toml}`]);
  // Entries side by side have the same sources.
  const name = `${basename(entry, ".ts")}-${hash}`;
  const file = join(FOLDER, `${name}.form`);
  const kept = await readFile(file).catch(() => undefined);
  if (!kept) await buildOnce(entry, name);
  return parse(kept ?? (await readFile(file)));
}

/** By name, in this process. */
const builds = new Map<string, Promise<void>>();

function buildOnce(entry: string, name: string): Promise<void> {
  const running = builds.get(name) ?? build(entry, name);
  builds.set(name, running);
  return running;
}

async function build(entry: string, name: string): Promise<void> {
  // Several processes may build at once: each its own file, and the last one in place wins.
  const file = join(FOLDER, `${name}.form`);
  const draft = `${file}.${process.pid}`;
  await mkdir(FOLDER, { recursive: true });
  await mkdir(WEB_OUT, { recursive: true });
  const own = join(ROOT, dirname(entry), "wrangler.toml");
  const config = existsSync(own) ? ["--config", own] : [];
  const flags = ["deploy", join(ROOT, entry), ...config, "--cwd", ROOT, "--dry-run", "--outfile", draft];
  const log = join(FOLDER, `${name}.log`);
  const group = startProcessGroup([process.execPath, WRANGLER, ...flags], log, { ...process.env, ...QUIET });
  if ((await group.exited) !== 0) throw new Error(`The Worker can't be bundled:\n${await group.output()}`);
  await rename(draft, file);
}

const Metadata = z.object({
  main_module: z.string(),
  compatibility_date: z.string(),
  compatibility_flags: z.array(z.string()),
  bindings: z.array(
    z.looseObject({
      name: z.string(),
      type: z.string(),
      class_name: z.string().optional(),
      text: z.string().optional(),
    }),
  ),
});

/** The upload is a form: a part with metadata, and one per module. */
async function parse(form: Buffer<ArrayBuffer>): Promise<Bundle> {
  const boundary = form.subarray(2, form.indexOf("\r\n")).toString();
  const headers = { "Content-Type": `multipart/form-data; boundary=${boundary}` };
  const parts = await new Response(form, { headers }).formData();
  const metadata = Metadata.parse(JSON.parse(z.string().parse(parts.get("metadata"))));
  const code = parts.get(metadata.main_module);
  const objects = metadata.bindings.flatMap(({ type, name, class_name: className }) =>
    type === "durable_object_namespace" && className !== undefined ? [{ binding: name, className }] : [],
  );
  if (!(code instanceof File) || objects.length === 0) throw new Error("wrangler's bundle has changed.");
  return {
    code: await code.text(),
    compatibilityDate: metadata.compatibility_date,
    compatibilityFlags: metadata.compatibility_flags,
    objects,
    vars: Object.fromEntries(metadata.bindings.flatMap(({ name, text }) => (text === undefined ? [] : [[name, text]]))),
  };
}

/** The deployed bundle on the bare runtime: no proxy in front, no bundler beside it, up in a third of a second. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ROOT } from "./paths.ts";
import { type Bundle, bundleWorker } from "./workerd-bundle.ts";
import type { WorkerCommand, WorkerCommandOptions } from "./wrangler-command.ts";

const WORKERD = join(ROOT, "node_modules", ".bin", "workerd");
const CONFIG_FILE = "workerd.capnp";
const BUNDLE_FILE = "workerd-bundle.js";

export async function workerdCommand({ port, directory, vars, entry }: WorkerCommandOptions): Promise<WorkerCommand> {
  const bundle = await bundleWorker(entry);
  const objects = join(directory, "objects");
  await mkdir(objects, { recursive: true });
  await writeFile(join(directory, BUNDLE_FILE), bundle.code);
  await writeFile(join(directory, CONFIG_FILE), configOf(bundle, Object.keys(vars)));
  const flags = [`--socket-addr=http=127.0.0.1:${port}`, `--directory-path=objects=${objects}`, "--verbose"];
  return { command: [WORKERD, "serve", join(directory, CONFIG_FILE), ...flags], env: vars };
}

/** @param vars - names of variables whose values come from the environment: no file holds them */
function configOf({ code: _, ...bundle }: Bundle, vars: string[]): string {
  const text = JSON.stringify;
  const namespaces = bundle.objects.map(
    ({ className }) => `(className = ${text(className)}, uniqueKey = ${text(className)}, enableSql = true)`,
  );
  const bindings = [
    ...vars.map((name) => `(name = ${text(name)}, fromEnvironment = ${text(name)})`),
    ...Object.entries(bundle.vars).flatMap(([name, value]) =>
      vars.includes(name) ? [] : [`(name = ${text(name)}, text = ${text(value)})`],
    ),
    ...bundle.objects.map(
      ({ binding, className }) => `(name = ${text(binding)}, durableObjectNamespace = ${text(className)})`,
    ),
    `(name = "ASSETS", service = "assets")`,
  ];
  return `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "worker", worker = .worker),
    (name = "assets", worker = .assets),
    (name = "internet", network = (allow = ["public", "private"], tlsOptions = (trustBrowserCas = true))),
    (name = "objects", disk = (writable = true)),
  ],
  sockets = [(name = "http", http = (), service = "worker")],
);

const worker :Workerd.Worker = (
  modules = [(name = "index.js", esModule = embed ${text(BUNDLE_FILE)})],
  compatibilityDate = ${text(bundle.compatibilityDate)},
  compatibilityFlags = [${bundle.compatibilityFlags.map((flag) => text(flag)).join(", ")}],
  durableObjectNamespaces = [${namespaces.join(", ")}],
  durableObjectStorage = (localDisk = "objects"),
  bindings = [
    ${bindings.join(",\n    ")},
  ],
);

# In place of the static pages, which are not built when faults are injected.
const assets :Workerd.Worker = (
  serviceWorkerScript = "addEventListener('fetch', (event) => event.respondWith(new Response(null, { status: 404 })));",
  compatibilityDate = ${text(bundle.compatibilityDate)},
);
`;
}

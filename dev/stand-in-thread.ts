/** The thread that `startStandIn` makes: starts what it is told to, reports the port, stops on any message. */
import { parentPort, workerData } from "node:worker_threads";
import * as z from "zod";
import { startNeon } from "./neon-http.ts";
import { startUpstash } from "./upstash-http.ts";

const port = z.int();
const Settings = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("neon"),
    options: z.object({
      port,
      user: z.string(),
      password: z.string(),
      database: z.string(),
      directory: z.string().optional(),
      serverUrl: z.string().optional(),
    }),
  }),
  z.object({
    kind: z.literal("upstash"),
    options: z.object({
      port,
      token: z.string(),
      snapshotFile: z.string().optional(),
      serverUrl: z.string().optional(),
    }),
  }),
]);

const settings = Settings.parse(workerData);
const server = settings.kind === "neon" ? await startNeon(settings.options) : await startUpstash(settings.options);
parentPort?.once("message", () => void server.stop().then(() => parentPort?.close()));
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
parentPort?.postMessage(server.port);

/** The thread that `startStandIn` makes: starts what it is told to, reports the port, stops on any message. */
import { parentPort, workerData } from "node:worker_threads";
import * as z from "zod";
import { NeonOptions, startNeon } from "./neon-http.ts";
import { startUpstash, UpstashOptions } from "./upstash-http.ts";

const Settings = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("neon"), options: NeonOptions }),
  z.object({ kind: z.literal("upstash"), options: UpstashOptions }),
]);

const settings = Settings.parse(workerData);
const server = settings.kind === "neon" ? await startNeon(settings.options) : await startUpstash(settings.options);
parentPort?.once("message", () => void server.stop().then(() => parentPort?.close()));
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
parentPort?.postMessage(server.port);

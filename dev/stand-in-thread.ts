/** The thread that `startStandIn` makes: starts what it is told to, reports the port, stops on any message. */
import { parentPort, workerData } from "node:worker_threads";
import * as z from "zod";
import type { RunningServer } from "./json-server.ts";
import { MailboxOptions, startMailbox } from "./mailbox.ts";
import { NeonOptions, startNeon } from "./neon-http.ts";
import { startUpstash, UpstashOptions } from "./upstash-http.ts";

const Settings = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("neon"), options: NeonOptions }),
  z.object({ kind: z.literal("upstash"), options: UpstashOptions }),
  z.object({ kind: z.literal("mailbox"), options: MailboxOptions }),
]);

const server = await start(Settings.parse(workerData));
parentPort?.once("message", () => void server.stop().then(() => parentPort?.close()));
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
parentPort?.postMessage(server.port);

function start(settings: z.infer<typeof Settings>): Promise<RunningServer> {
  switch (settings.kind) {
    case "neon":
      return startNeon(settings.options);
    case "upstash":
      return startUpstash(settings.options);
    case "mailbox":
      return startMailbox(settings.options);
    default:
      return settings satisfies never;
  }
}

/** What arrives on an account's socket: frames of its conversations, and what concerns the account itself. */
import * as z from "zod/mini";
import type { ServerFrame } from "../../protocol/frames.ts";
import { AccountPong, AccountWelcome } from "../../protocol/platform/account-frames.ts";
import { Uuid } from "../../protocol/platform/fields.ts";
import { InboxEvent } from "../../protocol/platform/inbox-events.ts";
import { type OpaqueEvent, parseJson, readFrame } from "../incoming.ts";

export type AccountFrame =
  | AccountPong
  | AccountWelcome
  | { type: "event"; event: InboxEvent }
  | { type: "frame"; id: string; frame: ServerFrame | OpaqueEvent };

const Addressed = z.object({ conversation_id: Uuid });

/** @returns undefined for what is to be ignored */
export function readAccountFrame(text: string): AccountFrame | undefined {
  const json = parseJson(text);
  const event = z.safeParse(InboxEvent, json);
  if (event.success) return { type: "event", event: event.data };
  const addressed = z.safeParse(Addressed, json);
  if (addressed.success) {
    const frame = readFrame(text);
    return frame && { type: "frame", id: addressed.data.conversation_id, frame };
  }
  const own = z.safeParse(z.union([AccountPong, AccountWelcome]), json);
  return own.success ? own.data : undefined;
}

/** What an Inbox hands on to a Conversation of its account. */
import type { ClientFrame } from "../../protocol/frames.ts";

export type Received =
  /** The account has a device connected; the last one has left. */
  { kind: "attach" } | { kind: "detach" } | { kind: "frame"; device: string; frame: ClientFrame };

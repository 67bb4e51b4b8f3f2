/** What an account's devices are told beside what is said in its conversations. */
import * as z from "zod/mini";
import { Timestamp } from "../fields.ts";
import { Uuid } from "./fields.ts";
import { Invite } from "./invites.ts";

export const InboxEvent = z.discriminatedUnion("type", [
  /** The account's own settings, once they have changed. */
  z.object({ type: z.literal("account"), display_name: z.string(), discoverable: z.boolean() }),
  /** An invite came, or one that was sent or received has changed. */
  z.object({ type: z.literal("invite"), invite: Invite }),
  z.object({
    type: z.literal("friend"),
    account_id: Uuid,
    username: z.string(),
    state: z.enum(["added", "removed"]),
  }),
  /** A friend's first device has come, or their last one left, 5 s ago. */
  z.object({
    type: z.literal("friend_presence"),
    account_id: Uuid,
    online: z.boolean(),
    last_seen: z.nullable(Timestamp),
  }),
  z.object({
    type: z.literal("conversation"),
    conversation_id: Uuid,
    change: z.enum(["added", "changed", "removed"]),
  }),
]);
export type InboxEvent = z.infer<typeof InboxEvent>;

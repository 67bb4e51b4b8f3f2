/** Invites: one model for being friends, joining a group, and coming by way of an email address. */
import * as z from "zod/mini";
import { Timestamp } from "../fields.ts";
import { Email, Uuid } from "./fields.ts";
import { NextCursor, PageQuery } from "./page.ts";
import { Person } from "./people.ts";

const InviteKind = z.enum(["friend", "group", "email"]);
export type InviteKind = z.infer<typeof InviteKind>;

/** Leaves `pending` once, and never comes back. */
const InviteStatus = z.enum(["pending", "accepted", "rejected", "cancelled", "expired"]);
export type InviteStatus = z.infer<typeof InviteStatus>;

export const InviteBody = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("friend"), account_id: Uuid }),
  z.object({ kind: z.literal("group"), account_id: Uuid, conversation_id: Uuid }),
  z.object({ kind: z.literal("email"), email: Email }),
]);

export const Invite = z.object({
  id: Uuid,
  kind: InviteKind,
  from: Person,
  /** Null for an address, to its sender, until it is accepted: who has it, they are not told before. */
  to: z.nullable(Person),
  /** Of a group, else null. */
  conversation_id: z.nullable(Uuid),
  /** What that group is called now, while the invite is pending; else null. */
  conversation_name: z.nullable(z.string()),
  /** Where it was sent, to its sender; else null. */
  email: z.nullable(z.string()),
  status: InviteStatus,
  created_at: Timestamp,
  expires_at: Timestamp,
});
export type Invite = z.infer<typeof Invite>;

export const InvitesQuery = z.extend(PageQuery, { direction: z._default(z.enum(["received", "sent"]), "received") });

export const InvitesPage = z.object({ invites: z.array(Invite), next_cursor: NextCursor });
export type InvitesPage = z.infer<typeof InvitesPage>;

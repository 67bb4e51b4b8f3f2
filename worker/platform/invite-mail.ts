/** The mail that an invite by email is. Whether the address has an account, nobody learns by it. */
import type { Invite } from "../../drizzle/invite-lists.ts";
import { mayMailInvite } from "../../drizzle/invites.ts";
import { emailKey } from "../../protocol/platform/fields.ts";
import type { AppContext } from "../context.ts";
import { storesOf } from "../stores.ts";
import { sendMail } from "./mail.ts";
import { limitKey } from "./password-limits.ts";

/** The sender's username is all of theirs that goes out: a mail is no place for their words. */
export async function mailInvite(c: AppContext, { from: { id, username } }: Invite, email: string): Promise<void> {
  // Silently, and apart from the mails that verify an address: others must not use those up.
  const { db, mails } = storesOf(c.env);
  if ((await mails.attempt(limitKey(`invite ${emailKey(email)}`))) > 0) return;
  if (!(await mayMailInvite(db, id, email))) return;
  const link = new URL("/", c.req.url).href;
  await sendMail(c.env, {
    to: email,
    subject: `@${username} invites you to Duet`,
    text: `@${username} would like to chat with you on Duet:\n\n${link}\n\nThe invite is in the account that has verified this address. If you have none yet, make one with it.\n\nIf you don't know who that is, do nothing.\n`,
  });
}

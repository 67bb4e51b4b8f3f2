/** Proving that somebody reads the mails to their address. Whether an address has an account, only its mails tell. */
import { needingPostgres } from "../../durable-objects/circuit-breaker.ts";
import { isEmailVerified, markEmailVerified } from "../../drizzle/accounts.ts";
import { DuetError } from "../../protocol/errors.ts";
import { VerifyEmailBody } from "../../protocol/platform/auth.ts";
import { emailKey } from "../../protocol/platform/fields.ts";
import { requireRow } from "./account.ts";
import { readBody } from "../body.ts";
import type { AppContext } from "../context.ts";
import { storesOf } from "../stores.ts";
import { tellInvites } from "./invite-views.ts";
import { type Mail, sendMail } from "./mail.ts";
import { behindAnswer } from "./notify.ts";
import { limitKey } from "./password-limits.ts";
import { readEmailToken, signEmailToken } from "./tokens.ts";

/** Sends what a new account's address is told. A failure asks for a resend. */
export async function mailNewAccount(c: AppContext, accountId: string, email: string): Promise<void> {
  const { db, mails } = storesOf(c.env);
  // Silently: a refusal would tell that somebody else wrote to this address before.
  if ((await mails.attempt(limitKey(emailKey(email)))) > 0) return;
  const isTaken = await isEmailVerified(db, email);
  await sendMail(c.env, isTaken ? addressInUse(email) : await verification(c, accountId, email));
}

async function verification(c: AppContext, accountId: string, email: string): Promise<Mail> {
  const token = await signEmailToken(c.env, accountId, email);
  // Behind the #, so that the token is in no log and no Referer.
  const link = new URL(`/verify-email#${token}`, c.req.url).href;
  return {
    to: email,
    subject: "Is this your address?",
    text: `Somebody, hopefully you, made a Duet account with this address. To confirm it, open\n\n${link}\n\nIf it wasn't you, do nothing.\n`,
  };
}

function addressInUse(email: string): Mail {
  return {
    to: email,
    subject: "You already have a Duet account",
    text: "Somebody, hopefully you, wanted to make another Duet account with this address. You already have one: log in with it.\n\nIf it wasn't you, do nothing.\n",
  };
}

export async function verifyEmail(c: AppContext) {
  const { token } = await readBody(c, VerifyEmailBody);
  const claims = await readEmailToken(c.env, token);
  const { db } = storesOf(c.env);
  if (!claims) throw new DuetError("EMAIL_TOKEN_INVALID");
  const { accountId, email } = claims;
  const invites = await needingPostgres(() => markEmailVerified(db, accountId, email));
  if (!invites) throw new DuetError("EMAIL_TOKEN_INVALID");
  // Not their senders, who would learn by it that the address has an account.
  tellInvites(c, invites, [accountId]);
  return c.body(null, 204);
}

export async function resendVerification(c: AppContext) {
  const { id, email, emailVerifiedAt } = await requireRow(c);
  if (email !== null && emailVerifiedAt === null) behindAnswer(c, () => mailNewAccount(c, id, email));
  return c.json({ status: "OK", code: 202 }, 202);
}

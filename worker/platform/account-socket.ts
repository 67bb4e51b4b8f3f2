/** The socket of an account, and the ticket that may stand for its token. */
import type { SocketApplicant } from "../../durable-objects/inbox/socket-applicant.ts";
import { TICKET_MS } from "../../durable-objects/inbox/tickets.ts";
import { upgradeRequest } from "../../durable-objects/upgrade.ts";
import { DuetError } from "../../protocol/errors.ts";
import { SUBPROTOCOL } from "../../protocol/platform/account-frames.ts";
import type { Ticket } from "../../protocol/platform/conversations.ts";
import { Uuid } from "../../protocol/platform/fields.ts";
import type { AppContext } from "../context.ts";
import { call } from "../conversations.ts";
import { requireUpgrade, upgraded } from "../upgrade.ts";
import { inboxOf } from "./inboxes.ts";
import { callerOf } from "./require-account.ts";
import { readAccessToken } from "./tokens.ts";

export async function socketTicket(c: AppContext) {
  const { accountId, sessionId, expiresAt } = callerOf(c);
  const secret = await call(inboxOf(c, accountId).createTicket({ sessionId, expiresAt }));
  const answer: Ticket = { ticket: `${accountId}.${secret}`, expires_in: TICKET_MS / 1_000 };
  return c.json(answer, 201);
}

export async function accountSocket(c: AppContext) {
  requireUpgrade(c);
  const applicant = await applicantOf(c);
  return upgraded(inboxOf(c, applicant.accountId).fetch(upgradeRequest(applicant)));
}

/** @throws DuetError `UNAUTHENTICATED` or `TICKET_INVALID`; whether the session stands, the object knows */
async function applicantOf(c: AppContext): Promise<SocketApplicant> {
  const offered = (c.req.header("Sec-WebSocket-Protocol") ?? "").split(",").map((text) => text.trim());
  const isDuet = offered.includes(SUBPROTOCOL);
  const dialect = isDuet ? "duet" : "seed";
  const ticket = c.req.query("ticket");
  if (ticket !== undefined) {
    const [id, secret = ""] = ticket.split(".");
    const accountId = Uuid.safeParse(id);
    if (!accountId.success) throw new DuetError("TICKET_INVALID");
    return { kind: "ticket", accountId: accountId.data, secret, dialect };
  }
  // In a list without ours, other names are other protocols'.
  const listed = isDuet ? offered.find((text) => text !== SUBPROTOCOL && text !== "") : undefined;
  const token = listed ?? c.req.query("token") ?? "";
  const caller = await readAccessToken(c.env, token);
  if (!caller) throw new DuetError("UNAUTHENTICATED");
  const { accountId, sessionId, expiresAt } = caller;
  return { kind: "session", accountId, sessionId, expiresAt, dialect };
}

/** A group as large as they come, made without a thousand sign-ups: its accounts are ids and Inboxes. */
import { fromResult } from "../../durable-objects/result.ts";
import { Order } from "../group-orders.ts";
import { sumOf } from "./tally.ts";

const SESSION_MS = 3_600_000;
/** Sessions that are begun at once. */
const TOGETHER = 50;

let group: { id: string; accounts: string[]; sessions: string[] } | undefined;

export async function answerGroup(request: Request, env: Env): Promise<Response> {
  const order = Order.parse(await request.json());
  if (order.do === "make") return Response.json(await make(env, order.members, order.able));
  if (!group) throw new Error("There is no group yet.");
  const { id, accounts, sessions } = group;
  switch (order.do) {
    case "tickets": {
      const tickets = accounts.slice(order.from, order.to).map(async (account, index) => {
        const sessionId = sessions[order.from + index] ?? "";
        const holder = { sessionId, expiresAt: Date.now() + SESSION_MS };
        return `${account}.${fromResult<string>(await env.INBOX.getByName(account).createTicket(holder))}`;
      });
      return Response.json(await Promise.all(tickets));
    }
    case "say": {
      const change = { type: "send" as const, id: order.id, body: "Just now. The train was late again." };
      fromResult(await env.CONVERSATION.getByName(id).change(accounts.at(-1) ?? "", change));
      return Response.json({});
    }
    case "count": {
      const inboxes = accounts.map((account) => env.INBOX.idFromName(account));
      return Response.json({
        conversation: sumOf([env.CONVERSATION.idFromName(id)]),
        online: sumOf(inboxes.slice(0, order.online)),
        away: sumOf(inboxes.slice(order.online)),
      });
    }
    default:
      return order satisfies never;
  }
}

async function make(env: Env, members: number, able: number): Promise<object> {
  const accounts = Array.from({ length: members }, () => crypto.randomUUID());
  const sessions: string[] = [];
  for (let from = 0; from < able; from += TOGETHER) {
    const begun = accounts.slice(from, Math.min(from + TOGETHER, able)).map(async (account) => {
      const signIn = { username: usernameOf(account), passwordVersion: 1, label: "bench" };
      return fromResult(await env.INBOX.getByName(account).startSession(signIn)).sessionId;
    });
    sessions.push(...(await Promise.all(begun)));
  }
  const id = crypto.randomUUID();
  const profiles = accounts.map((account) => ({ id: account, username: usernameOf(account), displayName: "Somebody" }));
  fromResult(
    await env.CONVERSATION.getByName(id).found({
      id,
      kind: "group",
      name: "All of us",
      createdBy: accounts.at(-1) ?? "",
      createdAt: Date.now(),
      members: profiles,
    }),
  );
  group = { id, accounts, sessions };
  return {};
}

function usernameOf(account: string): string {
  return `u_${account.slice(0, 8)}`;
}

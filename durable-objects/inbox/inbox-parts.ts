/** Puts the parts of an account's Inbox together. Each can be read alone; this is how they meet. */
import { createDb } from "../../drizzle/client.ts";
import { DuetError } from "../../protocol/errors.ts";
import { parseLimits } from "../../protocol/limits.ts";
import type { TelledConversation } from "../account/tellings.ts";
import { Connections } from "../connections.ts";
import { createReporter } from "../meter/report.ts";
import { TokenBuckets } from "../token-bucket.ts";
import { Wake } from "../wake.ts";
import { AccountPresence } from "./account-presence.ts";
import { AccountRecord } from "./account-record.ts";
import { AccountSessions } from "./account-sessions.ts";
import { ConversationLines } from "./conversation-lines.ts";
import { ConversationList } from "./conversation-list.ts";
import type { DeviceSession } from "./device-session.ts";
import { Devices } from "./devices.ts";
import { FriendPresence } from "./friend-presence.ts";
import type { Stand } from "../audience.ts";
import type { Pushed } from "./pushed.ts";
import { ShownName } from "./shown-name.ts";
import type { SocketApplicant } from "./socket-applicant.ts";
import { Tails } from "./tails.ts";
import { Tickets } from "./tickets.ts";

const RETRY_MS = 5_000;
/** Milliseconds that a client of the first documents waits for its conversations at the most. */
const ATTACH_LIMIT_MS = 2_000;
/** A device tells its marks of many conversations at once when it comes back. */
const SIGNALS_FACTOR = 5;

export type InboxParts = ReturnType<typeof assembleInbox>;

/** @param ctx - of an object whose tables exist */
export function assembleInbox(ctx: DurableObjectState, env: Env) {
  const { sql } = ctx.storage;
  const accountId = ctx.id.name ?? "";
  const limits = parseLimits(env);
  const wake = new Wake(ctx.storage);
  const record = new AccountRecord(sql);
  const list = new ConversationList(sql);
  const tickets = new Tickets(sql);
  const presence = new AccountPresence(sql);
  const tails = new Tails(ctx);

  const connections = new Connections<DeviceSession>(ctx, (_, isOffline) => {
    if (isOffline) detach();
  });
  const sessions = new AccountSessions({
    sql,
    lifetimeMs: limits.REFRESH_TOKEN_DAYS * 86_400_000,
    max: limits.SESSIONS_PER_ACCOUNT,
    onEnded: (id) => connections.closeSession(id),
  });
  const lines = new ConversationLines({
    accountId,
    conversations: env.CONVERSATION,
    onRefused: (...refused) => devices.refused(...refused),
    wakeBy: (at) => void wake.by(at),
  });
  const rate = (factor: number) => new TokenBuckets(factor * limits.EVENTS_PER_SECOND, factor * limits.EVENT_BURST);
  const devices = new Devices({
    connections,
    list,
    lines,
    changesRate: rate(1),
    signalsRate: rate(SIGNALS_FACTOR),
    hellosRate: new TokenBuckets(1, 3 * limits.SOCKETS_PER_PERSON),
    onFirst: attach,
  });

  const shownName = new ShownName({
    sql,
    accountId,
    conversations: env.CONVERSATION,
    list,
    wakeBy: (at) => void wake.by(at),
  });
  const friendPresence = new FriendPresence({
    accountId,
    db: createDb(env.DATABASE_URL, limits.STORE_TIMEOUT_MS),
    inboxes: env.INBOX,
    presence,
    isOnline: () => connections.hasListeners(),
    wakeBy: (at) => void wake.by(at),
  });

  const report = createReporter(ctx, env);
  /** For the metrics. What waits is in the conversations. */
  const reportSockets = () => report({ waiting: 0, degraded: { postgres: false, redis: false } });

  function attach(): void {
    presence.set(true);
    lines.attach(list.ids);
    friendPresence.look();
    reportSockets();
  }

  function detach(): void {
    presence.set(false);
    lines.detach(list.ids);
    friendPresence.look();
    reportSockets();
  }

  // After a crash or a deployment nobody's going was seen. Who is still there comes back with a `hello`.
  if (presence.wasOnline && !connections.hasListeners()) detach();

  /** @throws DuetError `UNAUTHENTICATED`, `TICKET_INVALID` or `TOO_MANY_SOCKETS` */
  async function admit(socket: WebSocket, applicant: SocketApplicant): Promise<void> {
    const holder = applicant.kind === "session" ? applicant : tickets.redeem(applicant.secret);
    if (!holder) throw new DuetError("TICKET_INVALID");
    const { sessionId, expiresAt } = holder;
    if (!sessions.stands(sessionId)) throw new DuetError("UNAUTHENTICATED");
    connections.reapGhosts();
    if (connections.of(accountId).length >= limits.SOCKETS_PER_PERSON) throw new DuetError("TOO_MANY_SOCKETS");
    const { dialect } = applicant;
    const device = crypto.randomUUID();
    const { username } = record;
    const neverPings = dialect === "seed";
    devices.accept(socket, { id: sessionId, name: accountId, expiresAt, username, device, dialect, neverPings });
    void wake.by(expiresAt);
    // Such a client can't resume: what is said from here on has to reach it.
    if (dialect === "seed") await lines.settled(ATTACH_LIMIT_MS);
  }

  function push(conversationId: string, batch: readonly Pushed[], stand: Stand): boolean {
    // Whoever was removed gets nothing more, whatever is still under way.
    if (!connections.hasListeners() || !list.has(conversationId)) return false;
    devices.deliver(conversationId, batch);
    tails.note(conversationId, stand);
    // Whether somebody took it is not known: those who are silent from now on are gone.
    void wake.by(connections.ghostAt(accountId));
    return true;
  }

  function conversationChanged({ id, kind }: TelledConversation, isAdded: boolean): boolean {
    const isNews = isAdded ? list.add(id, kind, Date.now()) : list.leave(id);
    if (!isAdded) {
      lines.forget(id);
      tails.forget(id);
    }
    const change = isAdded ? "added" : "removed";
    if (isNews) devices.notify({ type: "conversation", conversation_id: id, change });
    return connections.hasListeners();
  }

  /** For the alarm: closes what has run out or is silent, and tries again what failed. */
  function look(): void {
    wake.wentOff();
    connections.closeExpired();
    connections.reapGhosts();
    lines.retry();
    shownName.retry();
    friendPresence.look();
    void wake.by(connections.nextExpiry());
    reportSockets();
  }

  /** @returns whether every conversation that it is or was in has forgotten how this account showed itself */
  async function beForgotten(): Promise<boolean> {
    connections.closeAll("REVOKED");
    const isKnown = () => list.size > 0 || list.left(1).length > 0;
    // It may have left more than it could join: the others follow.
    const atOnce = limits.CONVERSATIONS_PER_ACCOUNT;
    const ids = [...list.ids, ...list.left(atOnce)].slice(0, atOnce);
    const forgetting = ids.map(async (id) => {
      const result = await env.CONVERSATION.getByName(id).forget(accountId);
      if (result.ok || result.code === "CONVERSATION_UNKNOWN") list.forget(id);
    });
    await Promise.allSettled(forgetting);
    if (isKnown()) void wake.by(Date.now() + RETRY_MS);
    return !isKnown();
  }

  return {
    limits,
    record,
    sessions,
    tickets,
    list,
    connections,
    presence,
    devices,
    shownName,
    admit,
    push,
    conversationChanged,
    look,
    beForgotten,
  };
}

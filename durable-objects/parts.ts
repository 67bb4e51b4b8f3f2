/** Puts the parts of an open conversation together. Each can be read alone; this is how they meet. */
import { parseLimits } from "../protocol/limits.ts";
import { createRedis } from "../redis/client.ts";
import { assembleAccountParts } from "./account/account-parts.ts";
import { Details } from "./account/details.ts";
import { Membership } from "./account/membership.ts";
import { archiveNewEvents, BATCH_EVENTS } from "./archive-task.ts";
import type { Audience } from "./audience.ts";
import { Connections } from "./connections.ts";
import { ConversationRecord } from "./conversation-record.ts";
import { EventLog } from "./event-log.ts";
import { GroupCommit } from "./group-commit.ts";
import { type Marks, Members } from "./members.ts";
import { createReporter } from "./meter/report.ts";
import { Outbox } from "./outbox.ts";
import { Presence } from "./presence.ts";
import { createProjection } from "./projection.ts";
import { SessionMirror } from "./session-mirror.ts";
import { TokenBuckets } from "./token-bucket.ts";

export type Parts = ReturnType<typeof assembleParts>;

/** @param ctx - of an object whose tables exist */
export function assembleParts(ctx: DurableObjectState, env: Env) {
  const { sql } = ctx.storage;
  const limits = parseLimits(env);

  const record = ConversationRecord.load(sql);
  const log = new EventLog(sql, record, limits.EVENTS_KEPT);
  const members = new Members(sql);
  const details = Details.load(sql);
  const membership = details && new Membership(sql);
  const projection = createProjection({ ctx, env, limits, record, log, members, details, membership });
  const connections = new Connections(ctx, (name, isOffline) => {
    // The socket took its marks along: they are kept elsewhere now.
    members.save();
    presence.left(name, isOffline);
    scheduleArchive();
  });
  const account =
    details &&
    membership &&
    assembleAccountParts({
      sql,
      env,
      record,
      log,
      members,
      details,
      membership,
      onAway: (name) => presence.set(name, false),
      wakeBy: (at) => outbox.wakeBy(at),
    });
  const audience: Audience = account?.inboxes ?? connections;
  /** Redis mirrors pair chats only: an account's devices are known to its Inbox. */
  const mirror = account
    ? undefined
    : new SessionMirror({
        redis: createRedis(env.UPSTASH_REDIS_REST_URL, env.UPSTASH_REDIS_REST_TOKEN, limits.STORE_TIMEOUT_MS),
        chatId: record.id,
        createdAt: record.createdAt,
        log,
        members,
        connections,
        ttlSeconds: limits.SESSION_DAYS * 86_400,
      });

  /** Which stores have followed the end of the chat. */
  const cleanedUp = { postgres: false, redis: false };
  const report = createReporter(ctx, env);
  const waitingEvents = () => (record.endedAt === null ? log.head - Math.max(0, record.archivedSeq) : 0);
  const outbox = new Outbox({
    storage: ctx.storage,
    delayMs: limits.ARCHIVE_DELAY_MS,
    onDegraded: (state) => audience.broadcast({ type: "degraded", ...state }),
    onRun: () => report({ waiting: waitingEvents(), degraded: outbox.degraded }),
    tasks: {
      async postgres(failures) {
        const { endedAt } = record;
        if (endedAt !== null) {
          await projection.end(endedAt);
          cleanedUp.postgres = true;
          return;
        }
        members.save();
        await projection.writeMembership();
        await archiveNewEvents({
          failures,
          db: projection.db,
          chat: projection.chat,
          record,
          log,
          onRewound: projection.recoverFromRewind,
        });
        // Who has an Inbox is looked after there.
        if (!account) presence.doubt();
      },
      async redis() {
        if (record.endedAt === null) return mirror?.write();
        await mirror?.clear();
        cleanedUp.redis = true;
      },
    },
  });

  /**
   * Each run costs rows, an alarm and a round trip, so Postgres may lag behind while people are there: the more it has
   * of a chat, the longer. Once they have left, or much waits, it gets the rest.
   */
  function scheduleArchive(isHeard = audience.hasListeners()): void {
    const waiting = log.head - record.archivedSeq;
    if (waiting <= 0) return;
    // What was lost with a death between storing and pushing shows when the alarm wakes the object.
    const longestMs = account ? limits.ACCOUNT_ARCHIVE_INTERVAL_MS : limits.ARCHIVE_INTERVAL_MS;
    const intervalMs = Math.min(longestMs, record.archivedSeq * limits.ARCHIVE_DELAY_MS);
    const restMs = record.archivedAt + intervalMs - Date.now();
    const isUrgent = waiting >= BATCH_EVENTS || !isHeard;
    outbox.schedule("postgres", isUrgent ? undefined : Math.max(limits.ARCHIVE_DELAY_MS, restMs));
  }

  /** An alarm can be lost over a restart (workerd issues 3566, 3138): whoever comes by sets it again for what waits. */
  function remind(): void {
    const isEnded = record.endedAt !== null;
    const { degraded } = outbox;
    if (isEnded || degraded.redis) outbox.schedule("redis");
    if (isEnded || degraded.postgres) outbox.schedule("postgres");
    else scheduleArchive();
  }

  const presence = new Presence({
    audience,
    members,
    log,
    wakeBy: (at) => outbox.wakeBy(at),
    onChange(name) {
      mirror?.touch(name);
      if (mirror) outbox.schedule("redis");
    },
    maxMembers: limits.PRESENCE_MEMBERS,
  });

  const commits = new GroupCommit(log, {
    isEnded: () => record.endedAt !== null,
    hasRoom: () => log.head - record.archivedSeq < limits.OUTBOX_MAX,
    onCommit(frames) {
      const present = audience.broadcastTexts(frames);
      audience.setPong(record.epoch, log.head);
      scheduleArchive(present.size > 0);
      if (mirror?.touchAbsent(present)) outbox.schedule("redis");
    },
  });

  /** @returns how far a person has come now, or undefined when that is no news; all are told */
  function raiseMarks(name: string, marks: Partial<Marks>): Marks | undefined {
    const claimed = marks.readSeq ?? marks.deliveredSeq ?? 0;
    if (claimed > log.head || !members.raise(name, marks)) return undefined;
    const raised = members.marks(name);
    audience.broadcast({ type: "receipt", name, ...raised });
    return raised;
  }

  const { readFromArchive, findArchivedTarget, writeMembership, checkForRewind } = projection;
  return {
    limits,
    record,
    log,
    members,
    connections,
    account,
    audience,
    mirror,
    outbox,
    cleanedUp,
    commits,
    readFromArchive,
    findArchivedTarget,
    writeMembership,
    checkForRewind,
    presence,
    remind,
    raiseMarks,
    changesRate: new TokenBuckets(limits.EVENTS_PER_SECOND, limits.EVENT_BURST),
    /** Frames that are not logged (typing, marks, hello) have a budget of their own. */
    signalsRate: new TokenBuckets(limits.EVENTS_PER_SECOND, limits.EVENT_BURST),
    /** A page may read from Postgres. Room enough to scroll through 15,000 messages as fast as they come. */
    pagesRate: new TokenBuckets(limits.EVENTS_PER_SECOND, 5 * limits.EVENT_BURST),
    /** A hello may replay thousands of events. */
    hellosRate: new TokenBuckets(1, 3 * limits.SOCKETS_PER_PERSON),
  };
}

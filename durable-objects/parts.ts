/** Puts the parts of an open conversation together. Each can be read alone; this is how they meet. */
import { type ArchivedChat, endArchivedChat, findArchived, findArchivedChat, readArchive } from "../drizzle/archive.ts";
import { createDb } from "../drizzle/client.ts";
import { parseLimits } from "../protocol/limits.ts";
import { createRedis } from "../redis/client.ts";
import { deleteSessionRecords } from "../redis/session-records.ts";
import { archiveNewEvents, BATCH_EVENTS } from "./archive-task.ts";
import { breakers, needingPostgres } from "./circuit-breaker.ts";
import { Connections } from "./connections.ts";
import { ConversationRecord } from "./conversation-record.ts";
import { EventLog } from "./event-log.ts";
import { type ArchivedTarget, GroupCommit } from "./group-commit.ts";
import { type ReadArchive } from "./history.ts";
import { Members } from "./members.ts";
import { Outbox } from "./outbox.ts";
import { Presence } from "./presence.ts";
import { SessionMirror } from "./session-mirror.ts";
import { TokenBuckets } from "./token-bucket.ts";

/** Milliseconds between two looks into Postgres for the same suspicion. */
const REWIND_CHECK_MS = 60_000;

export type Parts = ReturnType<typeof assembleParts>;

/** @param ctx - of an object whose tables exist */
export function assembleParts(ctx: DurableObjectState, env: Env) {
  const { sql } = ctx.storage;
  const limits = parseLimits(env);
  const db = createDb(env.DATABASE_URL, limits.STORE_TIMEOUT_MS);
  const redis = createRedis(env.UPSTASH_REDIS_REST_URL, env.UPSTASH_REDIS_REST_TOKEN, limits.STORE_TIMEOUT_MS);

  const record = ConversationRecord.load(sql);
  const log = new EventLog(sql, record, limits.EVENTS_KEPT);
  const members = new Members(sql);
  const connections = new Connections(ctx, (name, isOffline) => {
    // The socket took its marks along: they are kept elsewhere now.
    members.save();
    presence.left(name, isOffline);
    scheduleArchive();
  });
  const mirror = new SessionMirror({
    redis,
    chatId: record.id,
    createdAt: record.createdAt,
    log,
    members,
    connections,
    ttlSeconds: limits.SESSION_DAYS * 86_400,
  });

  const [one = "", two = ""] = members.names;
  const chat: ArchivedChat = { hash: record.id, users: [one, two], createdAt: record.createdAt };
  /** Which stores have followed the end of the chat. */
  const cleanedUp = { postgres: false, redis: false };
  const outbox = new Outbox({
    storage: ctx.storage,
    delayMs: limits.ARCHIVE_DELAY_MS,
    onDegraded: (state) => connections.broadcast({ type: "degraded", ...state }),
    tasks: {
      async postgres(failures) {
        const { endedAt } = record;
        if (endedAt !== null) {
          await breakers.postgres.run(() => endArchivedChat(db, chat, endedAt));
          cleanedUp.postgres = true;
          return;
        }
        members.save();
        await archiveNewEvents({
          failures,
          db,
          chat,
          record,
          log,
          onRewound: recoverFromRewind,
        });
        presence.doubt();
      },
      async redis() {
        if (record.endedAt === null) return mirror.write();
        await breakers.redis.run(() => deleteSessionRecords(redis, record.id, members.names));
        cleanedUp.redis = true;
      },
    },
  });

  /**
   * Each run costs rows, an alarm and a round trip, so Postgres may lag behind while people are there: the more it has
   * of a chat, the longer. Once they have left, or much waits, it gets the rest.
   */
  function scheduleArchive(): void {
    const waiting = log.head - record.archivedSeq;
    if (waiting <= 0) return;
    const isQuiet = members.names.every((name) => !connections.isOnline(name));
    const intervalMs = Math.min(limits.ARCHIVE_INTERVAL_MS, record.archivedSeq * limits.ARCHIVE_DELAY_MS);
    const restMs = record.archivedAt + intervalMs - Date.now();
    const isUrgent = isQuiet || waiting >= BATCH_EVENTS;
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

  const presence = new Presence({ connections, members, mirror, outbox, log });

  const commits = new GroupCommit(log, {
    isEnded: () => record.endedAt !== null,
    hasRoom: () => log.head - record.archivedSeq < limits.OUTBOX_MAX,
    onCommit(frames) {
      connections.broadcastTexts(frames);
      connections.setPong(record.epoch, log.head);
      scheduleArchive();
      if (mirror.touchAbsent()) outbox.schedule("redis");
    },
  });

  const readFromArchive: ReadArchive = (before, limit) =>
    needingPostgres(() => readArchive(db, record.id, before, limit));

  /** The message that a change is about, when it is too old for the log. */
  async function findArchivedTarget(seq: number): Promise<ArchivedTarget | undefined> {
    const message = await needingPostgres(() => findArchived(db, record.id, seq));
    return message && { sender: message.sender, deleted: message.deletedAt !== undefined };
  }

  let checkedAt = 0;
  /** When a client claims to have seen more than there is: either it is wrong, or our storage went back in time. */
  async function checkForRewind(): Promise<void> {
    if (Date.now() - checkedAt < REWIND_CHECK_MS) return;
    checkedAt = Date.now();
    const archived = await needingPostgres(() => findArchivedChat(db, record.id));
    if (archived && archived.head > log.head) await recoverFromRewind();
  }

  /** Moves what Postgres lacks behind what it has, in a new epoch, and starts this object anew. */
  async function recoverFromRewind(): Promise<void> {
    const archived = await needingPostgres(() => findArchivedChat(db, record.id));
    if (!archived) return;
    await ctx.blockConcurrencyWhile(async () => {
      log.moveBehind(archived.head, record.archivedSeq);
      record.startEpoch(archived.head);
      await ctx.storage.sync();
      // Every client reconnects, finds a foreign epoch, and loads anew.
      ctx.abort("The storage was rewound.");
    });
  }

  return {
    limits,
    record,
    log,
    members,
    connections,
    mirror,
    outbox,
    cleanedUp,
    commits,
    readFromArchive,
    findArchivedTarget,
    checkForRewind,
    presence,
    remind,
    changesRate: new TokenBuckets(limits.EVENTS_PER_SECOND, limits.EVENT_BURST),
    /** Frames that are not logged (typing, marks, hello) have a budget of their own. */
    signalsRate: new TokenBuckets(limits.EVENTS_PER_SECOND, limits.EVENT_BURST),
    /** A page may read from Postgres. Room enough to scroll through 15,000 messages as fast as they come. */
    pagesRate: new TokenBuckets(limits.EVENTS_PER_SECOND, 5 * limits.EVENT_BURST),
    /** A hello may replay thousands of events. */
    hellosRate: new TokenBuckets(1, 3 * limits.SOCKETS_PER_PERSON),
  };
}

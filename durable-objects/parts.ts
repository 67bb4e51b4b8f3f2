/** Puts the parts of an open conversation together. Each can be read alone; this is how they meet. */
import { type ArchivedChat, endArchivedChat, findArchived, findArchivedChat, readArchive } from "../drizzle/archive.ts";
import { createDb } from "../drizzle/client.ts";
import type { ChangeFrame } from "../protocol/frames.ts";
import { parseLimits } from "../protocol/limits.ts";
import { createRedis } from "../redis/client.ts";
import { deleteSessionRecords } from "../redis/session-records.ts";
import { archiveNewEvents } from "./archive-task.ts";
import { breakers } from "./circuit-breaker.ts";
import { Connections } from "./connections.ts";
import { ConversationRecord } from "./conversation-record.ts";
import { EventLog } from "./event-log.ts";
import { type ArchivedTarget, GroupCommit } from "./group-commit.ts";
import { type ReadArchive } from "./history.ts";
import { Members } from "./members.ts";
import { Outbox } from "./outbox.ts";
import { SessionMirror } from "./session-mirror.ts";
import { TokenBuckets } from "./token-bucket.ts";

export type Parts = ReturnType<typeof assembleParts>;

/** @param ctx - of an object whose tables exist */
export function assembleParts(ctx: DurableObjectState, env: Env) {
  const { sql } = ctx.storage;
  const limits = parseLimits(env);
  const db = createDb(env.DATABASE_URL, limits.STORE_TIMEOUT_MS);
  const redis = createRedis(env.UPSTASH_REDIS_REST_URL, env.UPSTASH_REDIS_REST_TOKEN, limits.STORE_TIMEOUT_MS);

  const record = ConversationRecord.load(sql);
  const log = new EventLog(sql, record.baseSeq);
  const members = new Members(sql);
  const connections = new Connections(ctx);
  const mirror = new SessionMirror({
    redis,
    chatId: record.id,
    log,
    members,
    connections,
    ttlSeconds: limits.SESSION_DAYS * 86_400,
  });

  const [one = "", two = ""] = members.names;
  const chat: ArchivedChat = { hash: record.id, users: [one, two], createdAt: record.createdAt };
  const outbox = new Outbox({
    storage: ctx.storage,
    delayMs: limits.ARCHIVE_DELAY_MS,
    onDegraded: (state) => connections.broadcast({ type: "degraded", ...state }),
    tasks: {
      async postgres() {
        const { endedAt } = record;
        if (endedAt !== null) return breakers.postgres.run(() => endArchivedChat(db, chat, endedAt));
        members.save();
        await archiveNewEvents({ db, chat, record, log, eventsKept: limits.EVENTS_KEPT });
      },
      async redis() {
        if (record.endedAt === null) return mirror.write();
        return breakers.redis.run(() => deleteSessionRecords(redis, record.id, members.names));
      },
    },
  });

  const commits = new GroupCommit(log, {
    isEnded: () => record.endedAt !== null,
    hasRoom: () => log.head - record.archivedSeq < limits.OUTBOX_MAX,
    onCommit(frames) {
      connections.broadcastTexts(frames);
      connections.setPong(record.epoch, log.head);
      mirror.touchAbsent();
      outbox.schedule();
    },
  });

  const readFromArchive: ReadArchive = (before, limit) =>
    breakers.postgres.run(() => readArchive(db, record.id, before, limit));

  /** The message a change is about, when it is too old for the log. */
  async function findArchivedTarget(change: ChangeFrame): Promise<ArchivedTarget | undefined> {
    if (change.type === "send" || change.seq >= log.first) return undefined;
    const message = await breakers.postgres.run(() => findArchived(db, record.id, change.seq));
    return message && { sender: message.sender, deleted: message.deletedAt !== undefined };
  }

  /** Moves on behind what Postgres has, when a client proves that this object's storage went back in time. */
  async function recoverFromRewind(): Promise<void> {
    const archived = await breakers.postgres.run(() => findArchivedChat(db, record.id));
    if (!archived || archived.head <= log.head) return;
    log.prune(log.head);
    record.startEpoch(archived.head);
    await ctx.storage.sync();
    // Begins afresh from storage; every client reconnects, finds a foreign epoch, and loads anew.
    ctx.abort("The storage was rewound.");
  }

  return {
    limits,
    record,
    log,
    members,
    connections,
    mirror,
    outbox,
    commits,
    readFromArchive,
    findArchivedTarget,
    recoverFromRewind,
    changesRate: new TokenBuckets(limits.EVENTS_PER_SECOND, limits.EVENT_BURST),
    /** Frames that are not logged (typing, marks, hello) have a budget of their own. */
    signalsRate: new TokenBuckets(limits.EVENTS_PER_SECOND, limits.EVENT_BURST),
  };
}

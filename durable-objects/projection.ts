/** What Postgres has of a conversation, and what it is still to get. */
import { type ArchivedChat, endArchivedChat } from "../drizzle/archive.ts";
import { archivedHead, findArchived, findLastShared, readArchive } from "../drizzle/archived.ts";
import { archiveMembership } from "../drizzle/conversations.ts";
import { createDb } from "../drizzle/client.ts";
import type { Limits } from "../protocol/limits.ts";
import type { Details } from "./account/details.ts";
import type { Membership } from "./account/membership.ts";
import { breakers, needingPostgres } from "./circuit-breaker.ts";
import type { ConversationRecord } from "./conversation-record.ts";
import type { EventLog } from "./event-log.ts";
import type { ArchivedTarget } from "./group-commit.ts";
import type { ReadArchive } from "./history.ts";
import type { Members } from "./members.ts";

/** Milliseconds between two looks into Postgres for the same suspicion. */
const REWIND_CHECK_MS = 60_000;
/** Rows of members that are written at once. */
const MEMBERS_BATCH = 1_000;

interface Options {
  ctx: DurableObjectState;
  env: Env;
  limits: Limits;
  record: ConversationRecord;
  log: EventLog;
  members: Members;
  details: Details | undefined;
  membership: Membership | undefined;
}

export function createProjection({ ctx, env, limits, record, log, members, details, membership }: Options) {
  const db = createDb(env.DATABASE_URL, limits.STORE_TIMEOUT_MS);
  const { id, createdAt } = record;
  const [one = "", two = ""] = members.names;
  const chat: ArchivedChat = details
    ? { kind: details.kind, id, createdBy: details.createdBy, createdAt }
    : { kind: "pair", id, users: [one, two], createdAt };

  const readFromArchive: ReadArchive = (before, limit) => needingPostgres(() => readArchive(db, id, before, limit));

  /** The message that a change is about, when it is too old for the log. */
  async function findArchivedTarget(seq: number): Promise<ArchivedTarget | undefined> {
    const message = await needingPostgres(() => findArchived(db, id, seq));
    return message && { sender: message.sender, deleted: message.deletedAt !== undefined };
  }

  const membershipLane: { running?: Promise<void> | undefined } = {};
  /**
   * One at a time: who comes meanwhile finds nothing left to write afterwards.
   *
   * @throws when Postgres does not take it; what is lacking stays marked
   */
  async function writeMembership(): Promise<void> {
    while (membershipLane.running) await membershipLane.running;
    membershipLane.running = writeLacking().finally(() => {
      membershipLane.running = undefined;
    });
    await membershipLane.running;
  }

  async function writeLacking(): Promise<void> {
    if (!details || !membership || record.endedAt !== null) return;
    let records = membership.unarchived(MEMBERS_BATCH);
    while (records.length > 0 || !details.isArchived) {
      const { kind, name, createdBy, isOpen: open, version } = details;
      const written = { id, createdAt, kind, name, createdBy, open, version };
      const batch = records;
      await breakers.postgres.run(() => archiveMembership(db, written, batch));
      if (record.endedAt !== null) return;
      details.markArchived(version);
      membership.markArchived(batch);
      records = membership.unarchived(MEMBERS_BATCH);
    }
  }

  function end(endedAt: number): Promise<void> {
    return breakers.postgres.run(() => endArchivedChat(db, chat, endedAt));
  }

  let checkedAt = 0;
  let checking: Promise<void> | undefined;
  /** When a client claims to have seen more than there is: either it is wrong, or our storage went back in time. */
  function checkForRewind(): Promise<void> {
    if (Date.now() - checkedAt < REWIND_CHECK_MS) return Promise.resolve();
    // Whoever comes meanwhile waits for the same answer.
    checking ??= check().finally(() => {
      checking = undefined;
    });
    return checking;
  }

  async function check(): Promise<void> {
    const head = await needingPostgres(() => archivedHead(db, id));
    if (head > log.head) await recoverFromRewind();
    checkedAt = Date.now();
  }

  /** Moves what Postgres lacks behind what it has, in a new epoch, and starts this object anew. */
  async function recoverFromRewind(): Promise<void> {
    const head = await needingPostgres(() => archivedHead(db, id));
    // What was rolled back may include the note of what was archived.
    const unmarked = log.textsAfter(record.archivedSeq, limits.OUTBOX_MAX);
    const shared = await needingPostgres(() => findLastShared(db, id, unmarked));
    await ctx.blockConcurrencyWhile(async () => {
      log.moveBehind(head, Math.max(record.archivedSeq, shared));
      record.startEpoch(head);
      details?.setAnnounce(true);
      await ctx.storage.sync();
      // Every client reconnects, finds a foreign epoch, and loads anew.
      ctx.abort("The storage was rewound.");
    });
  }

  return { db, chat, readFromArchive, findArchivedTarget, writeMembership, end, checkForRewind, recoverFromRewind };
}

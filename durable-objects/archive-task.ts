/** The outbox's work for Postgres: every event after the archived one, in order, in batches. */
import { type ArchivedChat, archiveEvents } from "../drizzle/archive.ts";
import type { Db } from "../drizzle/client.ts";
import type { ConversationRecord } from "./conversation-record.ts";
import type { EventLog } from "./event-log.ts";

const BATCH_EVENTS = 500;
/** Pruning in larger strides reads and deletes less often. */
const PRUNE_STRIDE = 250;

interface Options {
  db: Db;
  chat: ArchivedChat;
  record: ConversationRecord;
  log: EventLog;
  /** Newest events that stay in the log although Postgres has them. */
  eventsKept: number;
}

/** @throws when Postgres does not take a batch; what went before is marked as archived */
export async function archiveNewEvents({ db, chat, record, log, eventsKept }: Options): Promise<void> {
  while (record.archivedSeq < log.head) {
    const batch = log.eventsAfter(record.archivedSeq, BATCH_EVENTS);
    await archiveEvents(db, chat, batch);
    // Other events ran while we waited: the chat may have been ended.
    if (record.endedAt !== null) return;
    record.markArchived(batch.at(-1)?.seq ?? 0);
    const prunable = Math.min(record.archivedSeq, log.head - eventsKept);
    if (prunable - log.first >= PRUNE_STRIDE) log.prune(prunable);
  }
}

/** The outbox's work for Postgres: every event after the archived one, in order, in batches. */
import { type ArchivedChat, archiveEvents, type LoggedText } from "../drizzle/archive.ts";
import type { Db } from "../drizzle/client.ts";
import { breakers } from "./circuit-breaker.ts";
import type { ConversationRecord } from "./conversation-record.ts";
import type { EventLog } from "./event-log.ts";
import { tally } from "./meter/tally.ts";

export const BATCH_EVENTS = 500;

interface Options {
  /** Times in a row that this failed before. */
  failures: number;
  db: Db;
  chat: ArchivedChat;
  record: ConversationRecord;
  log: EventLog;
  /** Called when Postgres shows that this object's storage went back in time. */
  onRewound: () => Promise<void>;
}

/** @throws when Postgres does not take a batch; what went before is marked as archived */
export async function archiveNewEvents(options: Options): Promise<void> {
  const { record, log, failures } = options;
  // It may have been too much for the time limit: the same again would fail for ever.
  const size = Math.max(1, Math.floor(BATCH_EVENTS / 2 ** failures));
  if (record.archivedSeq >= log.head) return;
  record.beginArchiving();
  let batch: LoggedText[];
  do {
    batch = log.textsAfter(record.archivedSeq, size);
    await archiveBatch(options, batch);
    // Other events ran while we waited: the chat may have been ended.
    if (record.endedAt !== null) return;
    // An empty batch told Postgres of the chat itself. What was logged in the meantime is not in it.
    record.markArchived(batch.at(-1)?.seq ?? 0);
    tally.archived(batch);
    log.prune();
    // What came meanwhile has been scheduled anew.
  } while (batch.length === size);
}

/** One event that Postgres will never take must not hold up the others: it is found by halving, and set aside. */
async function archiveBatch(options: Options, batch: readonly LoggedText[]): Promise<void> {
  const { db, chat, record, log, onRewound } = options;
  const outcome = await breakers.postgres.run(() => archiveEvents(db, chat, batch, log.head));
  const [event] = batch;
  if (outcome.kind === "stored" || event === undefined || record.endedAt !== null) return;
  if (outcome.kind === "rewound") return onRewound();
  if (batch.length === 1) {
    const { sqlstate } = outcome;
    log.setAside(event, sqlstate);
    // oxlint-disable-next-line no-console -- a Worker's log is its console
    console.error(JSON.stringify({ error: "Postgres refused an event", sqlstate, isChange: event.target !== null }));
    return;
  }
  const middle = Math.ceil(batch.length / 2);
  await archiveBatch(options, batch.slice(0, middle));
  await archiveBatch(options, batch.slice(middle));
}

/** The ordered log: one SQLite row per event, holding the very text that is pushed to clients. */
import type { LoggedText } from "../drizzle/archive.ts";
import type { LoggedEvent } from "../protocol/frames.ts";
import type { ConversationRecord } from "./conversation-record.ts";

interface Row extends Record<string, SqlStorageValue> {
  seq: number;
  frame: string;
}

export class EventLog {
  readonly #sql: SqlStorage;
  readonly #record: ConversationRecord;
  readonly #kept: number;
  #head: number;
  #first: number;
  /** Seq by sender and id, of every event kept; read from disk when the first change after a wake-up arrives. */
  #seqs: Map<string, number> | undefined;

  /** @param kept - newest events that stay although Postgres has them */
  constructor(sql: SqlStorage, record: ConversationRecord, kept: number) {
    this.#sql = sql;
    this.#record = record;
    this.#kept = kept;
    const range = sql
      .exec<{ first: number | null; head: number | null }>("select min(seq) as first, max(seq) as head from events")
      .one();
    this.#head = range.head ?? record.baseSeq;
    this.#first = range.first ?? record.baseSeq + 1;
  }

  /** Seq of the newest event; 0 while there is none. */
  get head(): number {
    return this.#head;
  }

  /** Seq of the oldest event kept: what is older is in Postgres only. */
  get first(): number {
    return this.#first;
  }

  /** @returns the text to push */
  append(id: string, event: LoggedEvent): string {
    const frame = JSON.stringify(event);
    const target = event.type === "message" ? null : event.target;
    const row = [event.seq, event.sender, id, target, frame];
    if (this.#first <= this.#lastSpare) this.#overwriteFirst(row);
    else this.#sql.exec("insert into events values (?, ?, ?, ?, ?)", ...row);
    this.#head = event.seq;
    this.#ids.set(key(event.sender, id), event.seq);
    if (event.type === "deleted") this.#erase(event.target);
    return frame;
  }

  /** Postgres has everything up to here, and nobody is likely to ask for it. */
  get #lastSpare(): number {
    return Math.min(this.#record.archivedSeq, this.#head - this.#kept);
  }

  /** A row is billed when it is written and when it is deleted; one that takes the place of another, once. */
  #overwriteFirst(row: SqlStorageValue[]): void {
    for (const [id, seq] of this.#ids) {
      if (seq === this.#first) this.#ids.delete(id);
      // They are in the order of the log.
      break;
    }
    this.#sql.exec(
      "update events set (seq, sender, id, target, frame) = (?, ?, ?, ?, ?) where seq = ?",
      ...row,
      this.#first,
    );
    this.#first += 1;
  }

  /** A deleted message's text must not stay in the log, nor in a replay. */
  #erase(target: number): void {
    this.#sql.exec(
      `update events set frame = json_set(frame, '$.body', '')
       where seq = ?1 or (target = ?1 and frame ->> '$.type' = 'edited')`,
      target,
    );
    this.#sql.exec("delete from set_aside where seq = ?1 or frame ->> '$.target' = ?1", target);
  }

  /** @returns the event that this sender logged under this id, if it is still kept */
  findById(sender: string, id: string): LoggedEvent | undefined {
    const seq = this.#ids.get(key(sender, id));
    return seq === undefined ? undefined : this.find(seq);
  }

  find(seq: number): LoggedEvent | undefined {
    const [row] = this.#sql.exec<Row>("select seq, frame from events where seq = ?", seq);
    return row && parse(row);
  }

  isDeleted(target: number): boolean {
    const found = this.#sql.exec(
      "select 1 from events where target = ? and frame ->> '$.type' = 'deleted' limit 1",
      target,
    );
    return found.toArray().length > 0;
  }

  /** Texts to push of every event after `seq`, in order. */
  framesAfter(seq: number): string[] {
    return this.#sql
      .exec<Row>("select seq, frame from events where seq > ? order by seq", seq)
      .toArray()
      .map((row) => row.frame);
  }

  /** Up to `limit` events after `seq`, in order. */
  textsAfter(seq: number, limit: number): LoggedText[] {
    return this.#sql
      .exec<Row & LoggedText>("select seq, target, frame from events where seq > ? order by seq limit ?", seq, limit)
      .toArray();
  }

  /** Up to `limit` messages before `seq`, newest first, as they were sent. */
  messagesBefore(seq: number, limit: number): LoggedEvent[] {
    return this.#sql
      .exec<Row>("select seq, frame from events where seq < ? and target is null order by seq desc limit ?", seq, limit)
      .toArray()
      .map(parse);
  }

  /** Every kept change to the messages between two seqs, in order. */
  changesTo(oldest: number, newest: number): LoggedEvent[] {
    return this.#sql
      .exec<Row>("select seq, frame from events where target between ? and ? order by seq", oldest, newest)
      .toArray()
      .map(parse);
  }

  /** How many messages after `seq` are by others than `name`. Of a deleted one only its place is left, without a text. */
  countWaiting(name: string, seq: number): number {
    return this.#sql
      .exec<{ waiting: number }>(
        `select count(*) as waiting from events
         where seq > ? and target is null and sender <> ? and frame ->> '$.body' <> ''`,
        seq,
        name,
      )
      .one().waiting;
  }

  /** Whether others than `name` wrote after `seq`, deleted messages included: those were pushed, too. */
  hasNewsFor(name: string, seq: number): boolean {
    const found = this.#sql.exec(
      "select 1 from events where seq > ? and target is null and sender <> ? limit 1",
      seq,
      name,
    );
    return found.toArray().length > 0;
  }

  /** Keeps for the operator what Postgres will never take. */
  setAside({ seq, frame }: LoggedText, sqlstate: string): void {
    this.#sql.exec("insert or ignore into set_aside values (?, ?, ?)", seq, sqlstate, frame);
  }

  /** Gives all events after `archived` new places behind `base`, and forgets the others. */
  moveBehind(base: number, archived: number): void {
    const rows = this.#sql
      .exec<Row & { id: string }>("select seq, id, frame from events where seq > ? order by seq", archived)
      .toArray();
    this.clear();
    const places = new Map(rows.map(({ seq }, index) => [seq, base + index + 1]));
    const moved = (seq: number) => places.get(seq) ?? seq;
    for (const row of rows) {
      const event = parse(row);
      if (event.type !== "message") event.target = moved(event.target);
      else if (event.replyTo !== undefined) event.replyTo = moved(event.replyTo);
      this.append(row.id, { ...event, seq: moved(event.seq) });
    }
  }

  /** Forgets everything at once. */
  clear(): void {
    this.#sql.exec("delete from events");
    this.#sql.exec("delete from set_aside");
    this.#seqs?.clear();
    this.#first = this.#head + 1;
  }

  /** Forgets what is spare once that is as much as is kept: after an outage, say. Before, it is overwritten. */
  prune(): void {
    const seq = this.#lastSpare;
    if (seq - this.#first < this.#kept) return;
    const gone = this.#sql.exec<{ sender: string; id: string }>(
      "delete from events where seq <= ? returning sender, id",
      seq,
    );
    for (const { sender, id } of gone) this.#seqs?.delete(key(sender, id));
    this.#first = Math.max(this.#first, seq + 1);
  }

  get #ids(): Map<string, number> {
    if (this.#seqs) return this.#seqs;
    this.#seqs = new Map();
    const rows = this.#sql.exec<{ seq: number; sender: string; id: string }>("select seq, sender, id from events");
    for (const { seq, sender, id } of rows) this.#seqs.set(key(sender, id), seq);
    return this.#seqs;
  }
}

/** Names hold no line breaks, so this can't be ambiguous. */
function key(sender: string, id: string): string {
  return `${sender}\n${id}`;
}

/** Rows were written by `append`, from events that had been parsed: no second check. */
function parse(row: Row): LoggedEvent {
  const event: LoggedEvent = JSON.parse(row.frame);
  return event;
}

/**
 * What the two of a closed direct conversation see of each other: how far each had read when it was closed, and nothing
 * since. Whether somebody is there, writes or reads is no business of who is no friend.
 */
import type { Marks, Members } from "../members.ts";
import { hasTable } from "../schema.ts";
import type { Details } from "./details.ts";

interface Row extends Record<string, SqlStorageValue> {
  read_seq: number;
  delivered_seq: number;
}

interface Options {
  sql: SqlStorage;
  details: Details;
  members: Members;
}

export class ClosedView {
  readonly #options: Options;

  constructor(options: Options) {
    this.#options = options;
  }

  /** Whether one hears nothing of another. */
  hides(name: string, viewer: string): boolean {
    return !this.#options.details.isOpen && name !== viewer;
  }

  /** To be called when it is being closed: from here on, marks go on for their owners only. */
  keepMarks(): void {
    const { sql, members } = this.#options;
    sql.exec(`
      create table if not exists closed_marks (
        name text primary key, read_seq integer not null, delivered_seq integer not null
      ) without rowid`);
    for (const name of members.names) {
      const { readSeq, deliveredSeq } = members.marks(name);
      sql.exec("insert or replace into closed_marks values (?, ?, ?)", name, readSeq, deliveredSeq);
    }
  }

  /** As they were; nothing is known after a loss of storage. */
  marks(name: string): Marks {
    const { sql } = this.#options;
    const rows = hasTable(sql, "closed_marks")
      ? sql.exec<Row>("select read_seq, delivered_seq from closed_marks where name = ?", name).toArray()
      : [];
    return { readSeq: rows[0]?.read_seq ?? 0, deliveredSeq: rows[0]?.delivered_seq ?? 0 };
  }
}

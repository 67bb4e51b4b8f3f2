/** Tables inside a Conversation object. They come into being with the chat, so that probing a link stores nothing. */

/**
 * The index on `target` finds the changes to a message, for pages and deletions; a message itself has no entry in it.
 */
export function createTables(sql: SqlStorage): void {
  sql.exec(`
    create table conversation (
      id text not null,
      epoch text not null,
      created_at integer not null,
      base_seq integer not null default 0,
      archived_seq integer not null default -1,
      archived_at integer not null default 0,
      ended_at integer
    );
    create table members (
      name text primary key,
      read_seq integer not null default 0,
      delivered_seq integer not null default 0,
      last_seen integer,
      online integer not null default 0
    );
    create table revoked_sessions (id text primary key, expires_at integer not null) without rowid;
    create table events (
      seq integer primary key,
      sender text not null,
      id text not null,
      target integer,
      frame text not null
    );
    create index events_by_target on events (target) where target is not null;
    create table outages (store text primary key, failures integer not null) without rowid;
    create table set_aside (seq integer primary key, sqlstate text not null, frame text not null);
  `);
}

export function hasTables(sql: SqlStorage): boolean {
  return hasTable(sql, "conversation");
}

/** What stays of an object that has ended, such as a chat: that it ended. Nothing says whose it was, or what was in it. */
export function createTombstone(sql: SqlStorage): void {
  sql.exec("create table tombstone (ended integer)");
}

export function hasTombstone(sql: SqlStorage): boolean {
  return hasTable(sql, "tombstone");
}

export function hasTable(sql: SqlStorage, name: string): boolean {
  return sql.exec("select 1 from sqlite_master where name = ?", name).toArray().length > 0;
}

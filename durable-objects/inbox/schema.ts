/** Tables inside an Inbox object. They come into being with the account's first session: asking stores nothing. */
import { hasTable } from "../schema.ts";

/** Brings the tables of an account's object up to date; does nothing where they are. */
export function createTables(sql: SqlStorage): void {
  sql.exec(`
    create table if not exists account (
      username text not null,
      password_version integer not null
    );
    create table if not exists sessions (
      id text primary key,
      family_key text not null,
      refresh_hash text not null,
      previous_hash text,
      rotation_salt text,
      rotated_at integer,
      created_at integer not null,
      used_at integer not null,
      expires_at integer not null,
      label text not null
    ) without rowid;
    create table if not exists conversations (
      id text primary key,
      kind text not null,
      joined_at integer not null
    ) without rowid;
    create table if not exists tickets (
      hash text primary key,
      session_id text not null,
      session_expires_at integer not null,
      expires_at integer not null
    ) without rowid;
    create table if not exists left_conversations (id text primary key) without rowid;
    create table if not exists untold_names (conversation_id text primary key, display_name text not null) without rowid;
    create table if not exists presence (online integer not null, last_seen integer not null);
    create table if not exists told_online (online integer not null);
  `);
}

export function hasTables(sql: SqlStorage): boolean {
  return hasTable(sql, "account");
}

/** The account is deleted, but not all of its conversations know. */
export function beginBurying(sql: SqlStorage): void {
  sql.exec("create table if not exists burying (at integer)");
}

export function isBurying(sql: SqlStorage): boolean {
  return hasTable(sql, "burying");
}

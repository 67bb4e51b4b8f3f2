/** Tables of a conversation between accounts, beside those that every conversation has. */

export function createAccountTables(sql: SqlStorage): void {
  sql.exec(`
    create table details (
      kind text not null,
      name text,
      created_by text,
      open integer not null default 1,
      announce integer not null default 0,
      version integer not null default 1,
      archived_version integer not null default 0
    );
    create table memberships (
      account_id text primary key,
      username text,
      display_name text,
      role text,
      muted integer not null default 0,
      joined_at integer not null,
      version integer not null,
      archived_version integer not null default 0
    ) without rowid;
    create table links (
      id text primary key,
      token_hash text not null,
      created_by text not null,
      created_at integer not null,
      expires_at integer not null,
      max_uses integer,
      uses integer not null default 0
    ) without rowid;
    create table to_tell (account_id text primary key, change text not null, stamp integer not null) without rowid;
  `);
}

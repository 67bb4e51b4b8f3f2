/** How a conversation between accounts comes into being: by somebody's wish, or out of what Postgres has. */
import type { findConversation } from "../../drizzle/conversations.ts";
import { type ConversationKind, toKind } from "../../protocol/platform/permissions.ts";
import { ConversationRecord } from "../conversation-record.ts";
import { Members } from "../members.ts";
import { createTables } from "../schema.ts";
import { Details } from "./details.ts";
import { Membership, type Profile } from "./membership.ts";
import { createAccountTables } from "./schema.ts";

export interface Founding {
  id: string;
  kind: ConversationKind;
  name: string | null;
  /** Account id of the owner; null for a direct conversation. */
  createdBy: string | null;
  /** Milliseconds since 1970. */
  createdAt: number;
  members: readonly Profile[];
}

export function foundTables(sql: SqlStorage, founding: Founding): void {
  const { id, kind, name, createdBy, createdAt, members } = founding;
  createTables(sql);
  createAccountTables(sql);
  ConversationRecord.create(sql, id, createdAt);
  // Whether the two are friends is asked once it is there, so that no unfriending of that moment passes it by.
  Details.create(sql, { kind, name, createdBy, open: kind !== "direct" });
  const membership = new Membership(sql);
  for (const profile of members) membership.add(profile, profile.id === createdBy ? "owner" : "member", createdAt);
  Members.create(
    sql,
    members.map((profile) => profile.id),
  );
}

type Known = NonNullable<Awaited<ReturnType<typeof findConversation>>>;

/** @param head - newest seq that Postgres has */
export function restoreTables(sql: SqlStorage, known: Known, head: number): void {
  const { id, kind, name, createdBy, createdAt, open, version, members } = known;
  createTables(sql);
  createAccountTables(sql);
  ConversationRecord.create(sql, id, createdAt.getTime()).startEpoch(head);
  Details.create(sql, { kind: toKind(kind), name, createdBy, open });
  sql.exec("update details set version = ?, archived_version = ?, announce = 1", version, version);
  for (const member of members) {
    const isDeleted = member.deletedAt !== null;
    sql.exec(
      "insert into memberships values (?, ?, ?, ?, ?, ?, ?, ?)",
      member.id,
      isDeleted ? null : member.username,
      isDeleted ? null : member.displayName,
      member.role,
      member.muted ? 1 : 0,
      member.joinedAt.getTime(),
      member.version,
      member.version,
    );
    // Whether somebody is there is not known: whose Inbox is told of the new epoch, and has nobody, says so.
    if (member.role !== null) {
      sql.exec("insert into members values (?, ?, ?, null, 1)", member.id, head, head);
    }
  }
}

/** What a conversation looks like to one of its members. */
import { readPage } from "../history.ts";
import type { Parts } from "../parts.ts";
import type { TranscriptMessage } from "../../protocol/transcript.ts";
import type { ConversationKind, Role } from "../../protocol/platform/permissions.ts";
import type { AccountParts } from "./account-parts.ts";
import type { MemberCursor, MemberEntry } from "./membership.ts";

export interface Overview {
  id: string;
  kind: ConversationKind;
  name: string | null;
  role: Role;
  muted: boolean;
  open: boolean;
  createdAt: number;
  memberCount: number;
  /** Of a direct conversation, unless that account was deleted. */
  other: MemberEntry | null;
  unread: number;
  epoch: string;
  head: number;
  lastMessage: TranscriptMessage | null;
  usernames: Record<string, string>;
}

/** @param role - of the member who asks */
export async function overviewFor(parts: Parts, account: AccountParts, id: string, role: Role): Promise<Overview> {
  const { record, log, members, readFromArchive } = parts;
  const { details, membership } = account;
  const { head } = log;
  // Where the log has no message left, only edits and the like, Postgres has the last one; without it, there is none.
  const page = await readPage(log, readFromArchive, Infinity, 1).catch(() => undefined);
  const [lastMessage = null] = page?.messages ?? [];
  const isDirect = details.kind === "direct";
  return {
    id: record.id,
    kind: details.kind,
    name: details.name,
    role,
    muted: membership.isMuted(id),
    open: details.isOpen,
    createdAt: record.createdAt,
    memberCount: members.size,
    other: (isDirect && membership.list().find((member) => member.id !== id)) || null,
    unread: log.countWaiting(id, members.marks(id).readSeq),
    epoch: record.epoch,
    head,
    lastMessage,
    usernames: usernamesOf(account, lastMessage ? [lastMessage] : []),
  };
}

/** Of the senders of some messages, whether or not they are still members. Deleted accounts have none. */
export function usernamesOf({ membership }: AccountParts, messages: readonly TranscriptMessage[]) {
  const usernames: Record<string, string> = {};
  for (const { sender } of messages) usernames[sender] = membership.usernameOf(sender) ?? "";
  return usernames;
}

/** @param isWanted - which members are listed; all without */
export function membersPage(
  { membership }: AccountParts,
  limit: number,
  after: MemberCursor | undefined,
  isWanted: (id: string) => boolean = () => true,
): MemberEntry[] {
  const isAfter = ({ joinedAt, id }: MemberEntry) =>
    after === undefined || joinedAt > after[0] || (joinedAt === after[0] && id > after[1]);
  return membership
    .list()
    .filter((member) => isAfter(member) && isWanted(member.id))
    .slice(0, limit);
}

/** Puts together what a conversation between accounts has beyond a pair chat. */
import type { ConversationRecord } from "../conversation-record.ts";
import type { EventLog } from "../event-log.ts";
import type { Members } from "../members.ts";
import { AttachedInboxes } from "./attached-inboxes.ts";
import { ClosedView } from "./closed-view.ts";
import type { Details } from "./details.ts";
import { Links } from "./links.ts";
import type { Membership } from "./membership.ts";
import { Tellings } from "./tellings.ts";

interface Options {
  sql: SqlStorage;
  env: Env;
  record: ConversationRecord;
  log: EventLog;
  members: Members;
  details: Details;
  membership: Membership;
  /** Called when somebody turned out to be away. */
  onAway: (id: string) => void;
  /** Makes sure that the object's alarm goes off by a time, in milliseconds since 1970. */
  wakeBy: (at: number) => void;
}

export type AccountParts = ReturnType<typeof assembleAccountParts>;

export function assembleAccountParts(options: Options) {
  const { sql, env, record, log, members, details, membership, onAway, wakeBy } = options;
  const closedView = new ClosedView({ sql, details, members });
  const inboxes = new AttachedInboxes({
    conversationId: record.id,
    inboxes: env.INBOX,
    members,
    hides: (name, viewer) => closedView.hides(name, viewer),
    usernameOf: (id) => membership.usernameOf(id),
    stand: () => ({ epoch: record.epoch, head: log.head }),
    onAway,
    wakeBy,
  });
  const tellings = new Tellings({
    sql,
    inboxes: env.INBOX,
    conversation: { id: record.id, kind: details.kind },
    onListening: (id) => members.has(id) && inboxes.attach(id),
    wakeBy,
  });
  return { details, membership, closedView, inboxes, tellings, links: new Links(sql) };
}

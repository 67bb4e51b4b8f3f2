/** What a `hello` is answered with, however it came and whichever way the answer goes. */
import { type ClientFrame, type Member, PROTOCOL_VERSION, type ServerFrame } from "../protocol/frames.ts";
import type { Parts } from "./parts.ts";

type Hello = ClientFrame & { type: "hello" };

/**
 * Answers a `hello`: at once, unless it claims to have seen more than there is. Then Postgres is asked first whether
 * our storage went back in time.
 *
 * @param greet - is handed what makes the texts to send, in order, once whoever said it counts as present
 * @param giveUp - called when it must be said again, later
 * @returns a promise while Postgres is asked. If the storage did go back, the object starts anew, and nobody is answered
 */
export function greeting(
  parts: Parts,
  hello: Hello,
  greet: (texts: (name: string) => string[]) => void,
  giveUp: () => void,
): Promise<void> | undefined {
  const { record, log, checkForRewind } = parts;
  const answer = () => greet((name) => greetingTexts(parts, name, hello));
  const sawMore = hello.epoch === record.epoch && (hello.since ?? 0) > log.head;
  if (sawMore) return checkForRewind().then(answer, giveUp);
  answer();
  return undefined;
}

function greetingTexts(parts: Parts, name: string, { epoch, since }: Hello): string[] {
  const { limits, record, log, outbox } = parts;
  // What is not kept whole is not replayed in part: the client loads the newest page instead.
  const oldest = Math.max(log.first - 1, log.head - limits.REPLAY_MAX);
  const recovered = epoch === record.epoch && since !== undefined && since >= oldest && since <= log.head;
  const welcome: ServerFrame = {
    type: "welcome",
    v: PROTOCOL_VERSION,
    epoch: record.epoch,
    head: log.head,
    recovered,
    self: name,
    members: listMembers(parts, name),
  };
  const { degraded } = outbox;
  const live: ServerFrame = { type: "live", head: log.head };
  return [
    JSON.stringify(welcome),
    ...(recovered ? log.framesAfter(since) : []),
    JSON.stringify(live),
    ...(degraded.postgres || degraded.redis ? [JSON.stringify({ type: "degraded", ...degraded })] : []),
  ];
}

function listMembers({ members, audience, account }: Parts, viewer: string): Member[] {
  return members.names.map((name) => {
    if (account?.closedView.hides(name, viewer)) {
      const profile = account.membership.profileOf(name);
      return { name, ...profile, online: false, lastSeen: null, ...account.closedView.marks(name) };
    }
    const online = audience.isOnline(name);
    const lastSeen = online ? null : members.lastSeen(name);
    return { name, ...account?.membership.profileOf(name), online, lastSeen, ...members.marks(name) };
  });
}

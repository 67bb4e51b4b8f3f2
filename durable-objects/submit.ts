/** The one way into the log, for REST and the socket alike. */
import { DuetError } from "../protocol/errors.ts";
import type { ChangeFrame } from "../protocol/frames.ts";
import type { Outcome } from "./group-commit.ts";
import type { Parts } from "./parts.ts";

/**
 * Limits a change and queues it for the next commit.
 *
 * @param settle - told what became of it, in the turn of the commit
 * @returns false when the sender floods and should be cut off
 */
export function submitChange(
  { changesRate, commits, findArchivedTarget, log }: Parts,
  sender: string,
  change: ChangeFrame,
  settle: (outcome: Outcome) => void,
): boolean {
  const verdict = changesRate.take(sender);
  if (verdict !== "pass") {
    settle({ stored: false, code: "TOO_FAST" });
    return verdict === "refuse";
  }
  if (change.type === "send" || change.seq >= log.first) {
    commits.submit(sender, change, settle);
  } else {
    // Rare: a change to a message so old that only Postgres knows whose it is.
    findArchivedTarget(change.seq).then(
      (target) => commits.submit(sender, change, settle, target),
      () => settle({ stored: false, code: "UNAVAILABLE" }),
    );
  }
  return true;
}

/**
 * Makes a change and waits until it is stored.
 *
 * @throws DuetError when it was refused
 */
export async function makeChange(parts: Parts, sender: string, change: ChangeFrame) {
  const outcome = await new Promise<Outcome>((resolve) => {
    submitChange(parts, sender, change, resolve);
  });
  if (!outcome.stored) throw new DuetError(outcome.code);
  return outcome;
}

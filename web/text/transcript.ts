/** Questions about a list of messages: oldest first, by `seq`, with the unsent ones at the end. */
import type { ViewMessage } from "../../client/types.ts";

type Messages = readonly ViewMessage[];

/** Index of the first message after `seq`; the length of the list when there is none. Unsent ones come after all. */
function indexAfter(messages: Messages, seq: number): number {
  let low = 0;
  let high = messages.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((messages[middle]?.seq ?? Infinity) > seq) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Index of the message with this `seq`, or -1. */
export function indexOfSeq(messages: Messages, seq: number): number {
  const index = indexAfter(messages, seq - 1);
  return messages[index]?.seq === seq ? index : -1;
}

/** `seq` of the last stored message up to and including an index. */
export function lastSeqUpTo(messages: Messages, index: number): number | undefined {
  for (let at = Math.min(index, messages.length - 1); at >= 0; at -= 1) {
    const seq = messages[at]?.seq;
    if (seq !== undefined) return seq;
  }
  return undefined;
}

/** What others wrote after `seq` and did not delete, oldest first. */
export function receivedAfter(messages: Messages, seq: number): ViewMessage[] {
  return messages.slice(indexAfter(messages, seq)).filter(({ mine, deletedAt }) => !mine && deletedAt === undefined);
}

/** Whether one can answer, react to, edit or delete a message: stored, and not deleted. */
export function isChangeable({ seq, deletedAt }: ViewMessage): boolean {
  return seq !== undefined && deletedAt === undefined;
}

/** My newest message that can still be edited. */
export function lastEditable(messages: Messages): ViewMessage | undefined {
  return messages.findLast((message) => message.mine && isChangeable(message));
}

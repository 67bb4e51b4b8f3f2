import type { ViewMessage } from "../../../client/types.ts";
import { t } from "../../strings/index.ts";

const MOST = 3;

/**
 * Reads new messages to a screen reader. The list itself stays silent: rows that a virtual list mounts while one
 * scrolls would be read as if they had just come in.
 */
export function Announcer({ incoming }: { incoming: readonly ViewMessage[] }) {
  return (
    <output className="sr-only">
      {incoming.slice(-MOST).map(({ key, sender, body }) => (
        <span key={key}>{t.chat.announced(sender, body)}</span>
      ))}
    </output>
  );
}

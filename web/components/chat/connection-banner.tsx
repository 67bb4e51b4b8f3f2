"use client";
import type { ConversationView } from "../../../client/types.ts";
import { useDelayed } from "../../hooks/use-delayed.ts";
import { t } from "../../strings/index.ts";

/** Most breaks heal before anyone needs to know. */
const QUIET_MS = 2_000;

/** One quiet line while the connection is being made again, or while the server saves slowly. */
export function ConnectionBanner({ view }: { view: ConversationView }) {
  const away = useDelayed(view.status === "reconnecting" || view.status === "connecting", QUIET_MS);
  const degraded = view.degraded.postgres || view.degraded.redis;
  let text: string | undefined;
  if (away) text = t.chat.reconnecting;
  else if (degraded) text = t.chat.degraded;
  return (
    <output className={text === undefined ? "sr-only" : "block border-b border-line bg-sunken px-4 py-2"}>
      {text !== undefined && (
        <span className="flex items-center justify-center gap-2 text-center text-sm text-balance">
          {away && <span className="size-2 shrink-0 animate-pulse rounded-full bg-ink" />}
          {text}
        </span>
      )}
    </output>
  );
}

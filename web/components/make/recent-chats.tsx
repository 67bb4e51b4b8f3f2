"use client";
import { chatPath } from "../../device/routes.ts";
import { forgetAllChats, forgetChat, parseRecent, RECENT_KEY } from "../../device/recent-chats.ts";
import { useNow } from "../../hooks/use-now.ts";
import { useStored } from "../../hooks/use-stored.ts";
import { t } from "../../strings/index.ts";
import { formatAgo } from "../../strings/time.ts";
import { IconButton } from "../ui/button.tsx";
import { Icon } from "../ui/icon.tsx";

/** The chats this browser remembers, each removable. Nothing at all until there is one. */
export function RecentChats() {
  const [stored] = useStored(RECENT_KEY);
  const now = useNow();
  const chats = parseRecent(stored);
  if (chats.length === 0) return null;
  return (
    <section aria-labelledby="recent" className="mx-auto mt-12 max-w-md">
      <div className="flex items-center justify-between">
        <h2 id="recent" className="text-sm font-semibold">
          {t.recent.title}
        </h2>
        <button
          type="button"
          onClick={forgetAllChats}
          className="min-h-11 text-sm font-medium text-muted hover:text-ink"
        >
          {t.recent.clear}
        </button>
      </div>
      <ul className="divide-y divide-line overflow-hidden rounded-2xl border border-line bg-surface">
        {chats.map(({ hash, users, openedAt }) => (
          <li key={hash} className="flex items-center pr-1.5">
            <a
              href={chatPath(hash)}
              aria-label={t.recent.open(...users)}
              className="flex min-h-16 min-w-0 grow items-center gap-3 px-4 -outline-offset-3 hover:bg-sunken"
            >
              <span className="min-w-0">
                <span className="block truncate font-semibold">
                  <bdi>{users[0]}</bdi> {t.recent.and} <bdi>{users[1]}</bdi>
                </span>
                <span className="block text-sm text-muted">{formatAgo(openedAt, now)}</span>
              </span>
            </a>
            <IconButton label={t.recent.remove(...users)} onClick={() => forgetChat(hash)}>
              <Icon name="x" className="size-4" />
            </IconButton>
          </li>
        ))}
      </ul>
      <p className="mt-3 text-sm text-muted">{t.recent.note}</p>
    </section>
  );
}

"use client";
import type { ConversationView } from "../../../client/types.ts";
import { useNow } from "../../hooks/use-now.ts";
import { ROUTES } from "../../device/routes.ts";
import { t } from "../../strings/index.ts";
import { formatAgo } from "../../strings/time.ts";
import { initialOf } from "../site/overprint.tsx";
import { IconButton } from "../ui/button.tsx";
import { Icon } from "../ui/icon.tsx";
import { useChatScene } from "./chat-scene.ts";

interface ChatHeaderProps {
  view: ConversationView;
  onMenu: (anchor: HTMLElement) => void;
}

export function ChatHeader({ view, onMenu }: ChatHeaderProps) {
  const { peer, connected } = useChatScene();
  const online = connected && view.members.some((member) => member.name === peer && member.online);
  return (
    <header className="flex items-center gap-1 border-b border-line bg-surface pt-[env(safe-area-inset-top)] pr-2 pl-1">
      <a
        href={ROUTES.newChat}
        aria-label={t.chat.back}
        title={t.chat.back}
        className="inline-grid size-11 place-items-center rounded-full text-muted hover:bg-sunken hover:text-ink"
      >
        <Icon name="arrowLeft" />
      </a>
      <span
        aria-hidden="true"
        className="relative grid size-10 shrink-0 place-items-center rounded-full bg-peer-fill text-white"
      >
        <span className="display text-lg">{initialOf(peer)}</span>
        {online && (
          <span className="absolute -right-0.5 -bottom-0.5 size-3.5 rounded-full border-[2.5px] border-surface bg-(--online)" />
        )}
      </span>
      <div className="min-w-0 grow py-2.5 pl-2">
        <h1 className="truncate text-base leading-tight font-semibold">
          <bdi>{peer}</bdi>
        </h1>
        <p className="truncate text-sm leading-tight text-muted">
          <Presence view={view} />
        </p>
      </div>
      <IconButton label={t.menu.open} aria-haspopup="dialog" onClick={(event) => onMenu(event.currentTarget)}>
        <Icon name="more" />
      </IconButton>
    </header>
  );
}

/** Typing, online, or when the other person was last here; nothing while we can't know. */
function Presence({ view }: { view: ConversationView }) {
  const { peer, connected } = useChatScene();
  const now = useNow();
  const member = view.members.find(({ name }) => name === peer);
  if (view.typing.includes(peer)) return <span className="text-peer">{t.chat.typingShort}</span>;
  if (member === undefined || !connected) return t.chat.unknownPresence;
  if (member.online) return t.chat.online;
  return member.lastSeen === null ? t.chat.notYet : t.chat.lastSeen(formatAgo(member.lastSeen, now));
}

import { t } from "../../strings/index.ts";
import { Icon } from "../ui/icon.tsx";

export function JumpToEnd({ unread, onJump }: { unread: number; onJump: () => void }) {
  return (
    <button
      type="button"
      aria-label={unread > 0 ? t.chat.jumpUnread(unread) : t.chat.jump}
      onClick={onJump}
      className="absolute right-4 bottom-4 z-10 grid size-12 place-items-center rounded-full border border-line bg-raised shadow-lift"
    >
      <Icon name="arrowDown" />
      {unread > 0 && (
        <span className="absolute -top-1.5 -right-1.5 min-w-6 rounded-full bg-peer-fill px-1.5 py-0.5 text-xs font-semibold text-white">
          {unread > 99 ? "99+" : unread}
        </span>
      )}
    </button>
  );
}

"use client";
import { t } from "../../strings/index.ts";
import { formatDay } from "../../strings/time.ts";
import { initialOf, Overprint } from "../site/overprint.tsx";
import { Button } from "../ui/button.tsx";
import { Icon } from "../ui/icon.tsx";
import { Isolated } from "../ui/isolated.tsx";
import { useChatScene } from "./chat-scene.ts";
import { Pill } from "./pill.tsx";

/** Instead of messages, as long as there are none. */
export function EmptyChat() {
  const { users, invite } = useChatScene();
  return (
    <div className="grid justify-items-center px-6 pb-10 text-center">
      <Overprint closeness="together" initials={[initialOf(users[0]), initialOf(users[1])]} className="h-24" />
      <Beginning />
      <Button look="quiet" onClick={invite}>
        <Icon name="link" />
        {t.menu.share}
      </Button>
    </div>
  );
}

/** Above the very first message. */
export function Beginning() {
  const { peer } = useChatScene();
  return (
    <div className="px-6 pt-10 pb-4 text-center text-balance">
      <p className="font-semibold">
        <Isolated text={t.chat.beginning} name={peer} />
      </p>
      <p className="text-sm text-muted">{t.chat.beginningHint}</p>
    </div>
  );
}

export function DaySeparator({ day, today }: { day: number; today: number }) {
  return (
    <h2 className="py-3">
      <Pill>{formatDay(day, today)}</Pill>
    </h2>
  );
}

export function UnreadSeparator({ count }: { count: number }) {
  return (
    <p className="flex items-center gap-3 py-3 text-xs font-semibold text-peer before:h-px before:grow before:bg-peer after:h-px after:grow after:bg-peer">
      {t.chat.unread(count)}
    </p>
  );
}

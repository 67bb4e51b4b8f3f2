"use client";
import { t } from "../../strings/index.ts";
import { formatDay } from "../../strings/time.ts";
import { Isolated } from "../ui/isolated.tsx";
import { useChatScene } from "./chat-scene.ts";
import { Pill } from "./pill.tsx";

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

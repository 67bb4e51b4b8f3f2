"use client";
import type { MessageState } from "../../../client/types.ts";
import { t } from "../../strings/index.ts";
import { Icon, type IconName } from "../ui/icon.tsx";
import { useChatScene } from "./chat-scene.ts";

const ICONS = {
  sending: "clock",
  sent: "check",
  delivered: "checks",
  read: "checks",
  failed: "alert",
} as const satisfies Partial<Record<MessageState, IconName>>;

/** How far a message of mine got: one tick stored, two arrived, two on a plate read. */
export function MessageStatus({ state }: { state: MessageState }) {
  const { connected } = useChatScene();
  if (state === "received") return null;
  const text = state === "sending" && !connected ? t.message.waiting : t.message.states[state];
  return (
    <span title={text} className={`inline-flex rounded-full ${state === "read" ? "bg-current px-1" : ""}`}>
      <Icon name={ICONS[state]} className={`size-4 ${state === "read" ? "text-(--under)" : ""}`} />
      <span className="sr-only">{text}</span>
    </span>
  );
}

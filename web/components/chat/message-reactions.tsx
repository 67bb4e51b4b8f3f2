"use client";
import type { ViewMessage } from "../../../client/types.ts";
import { t } from "../../strings/index.ts";
import { useChatScene } from "./chat-scene.ts";

const list = new Intl.ListFormat(t.locale);

/** Every reaction once, with who gave it. Pressing one gives the same, or takes mine back. */
export function MessageReactions({ message }: { message: ViewMessage }) {
  const { conversation, self } = useChatScene();
  const { seq, reactions } = message;
  const emojis = [...new Set(Object.values(reactions))];
  if (emojis.length === 0 || seq === undefined) return null;
  return (
    <div className="-mt-1.5 mb-1 flex gap-1 px-2">
      {emojis.map((emoji) => {
        const names = Object.keys(reactions).filter((name) => reactions[name] === emoji);
        const mine = names.includes(self);
        return (
          <button
            key={emoji}
            type="button"
            tabIndex={-1}
            aria-pressed={mine}
            aria-label={t.message.reacted(emoji, list.format(names))}
            onClick={() => conversation.react(seq, mine ? null : emoji)}
            className={`relative min-h-7 rounded-full border-2 border-paper px-2 text-sm before:absolute before:-inset-2 ${mine ? "bg-me-tint" : "bg-sunken"}`}
          >
            {emoji}
            {names.length > 1 && <span className="ml-1 text-xs font-semibold">{names.length}</span>}
          </button>
        );
      })}
    </div>
  );
}

"use client";
import { useEffect, useRef, useState } from "react";
import type { ViewMessage } from "../../../client/types.ts";
import { t } from "../../strings/index.ts";
import { MORE_EMOJI, QUICK_EMOJI } from "../../text/emoji.ts";
import { IconButton } from "../ui/button.tsx";
import { Icon } from "../ui/icon.tsx";
import { Sheet } from "../ui/sheet.tsx";
import { SheetItem } from "../ui/sheet-item.tsx";
import { useChatScene } from "./chat-scene.ts";

interface MessageMenuProps {
  message: ViewMessage;
  anchor: HTMLElement;
  onClose: () => void;
  onEdit: (message: ViewMessage) => void;
  onRemove: (seq: number) => void;
}

/** What one can do with a message: reactions on top, then the rest. */
export function MessageMenu({ message, anchor, onClose, onEdit, onRemove }: MessageMenuProps) {
  const { conversation, self, reply } = useChatScene();
  const [more, setMore] = useState(false);
  const { seq, body, mine } = message;
  const given = message.reactions[self];
  if (seq === undefined) return null;

  /** Closes first: what the action opens or focuses must not lose the focus again. */
  function closing(action: () => void) {
    return () => {
      onClose();
      action();
    };
  }

  return (
    <Sheet label={t.message.menu} anchor={anchor} onClose={onClose}>
      <fieldset className="grid grid-cols-7 border-b border-line pb-1.5">
        <legend className="sr-only">{t.message.react}</legend>
        {[...QUICK_EMOJI, ...(more ? MORE_EMOJI : [])].map((emoji) => (
          <EmojiButton
            key={emoji}
            emoji={emoji}
            given={emoji === given}
            takesFocus={emoji === MORE_EMOJI[0]}
            onPress={closing(() => conversation.react(seq, emoji === given ? null : emoji))}
          />
        ))}
        {!more && (
          <IconButton label={t.message.moreEmoji} onClick={() => setMore(true)}>
            <Icon name="plus" />
          </IconButton>
        )}
      </fieldset>
      <div className="pt-1.5">
        <SheetItem icon="reply" label={t.message.reply} onPress={closing(() => reply(message))} />
        <SheetItem
          icon="copy"
          label={t.message.copy}
          onPress={closing(() => void navigator.clipboard?.writeText(body))}
        />
        {mine && <SheetItem icon="edit" label={t.message.edit} onPress={closing(() => onEdit(message))} />}
        {mine && <SheetItem icon="trash" label={t.message.remove} danger onPress={() => onRemove(seq)} />}
      </div>
    </Sheet>
  );
}

interface EmojiButtonProps {
  emoji: string;
  given: boolean;
  /** Takes the focus when it appears, from the button for more that made place for it. */
  takesFocus: boolean;
  onPress: () => void;
}

function EmojiButton({ emoji, given, takesFocus, onPress }: EmojiButtonProps) {
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (takesFocus) button.current?.focus();
  }, [takesFocus]);
  return (
    <button
      ref={button}
      type="button"
      aria-pressed={given}
      aria-label={given ? t.message.unreact(emoji) : t.message.reactWith(emoji)}
      onClick={onPress}
      className={`grid size-11 place-items-center rounded-full text-2xl transition-transform hover:scale-115 ${given ? "bg-me-tint" : ""}`}
    >
      {emoji}
    </button>
  );
}

"use client";
import type { ViewMessage } from "../../../client/types.ts";
import { t } from "../../strings/index.ts";
import { Icon } from "../ui/icon.tsx";
import { useChatScene } from "./chat-scene.ts";

const ACTION = "grid size-9 place-items-center rounded-full text-muted hover:bg-sunken hover:text-ink";

interface RowActionsProps {
  message: ViewMessage;
  onMenu: () => void;
}

/**
 * Reply and more, beside the message under the pointer. On touch screens, where a long press does the same, they are
 * there for screen readers only.
 */
export function RowActions({ message, onMenu }: RowActionsProps) {
  const { reply } = useChatScene();
  return (
    <div
      className={`flex opacity-0 transition-opacity group-focus-within/row:opacity-100 group-hover/row:opacity-100 pointer-coarse:sr-only ${message.mine ? "flex-row-reverse" : ""}`}
    >
      <button
        type="button"
        tabIndex={-1}
        aria-label={t.message.actions(message.mine ? t.message.you : message.sender)}
        title={t.message.menu}
        aria-haspopup="dialog"
        onClick={onMenu}
        className={ACTION}
      >
        <Icon name="smile" />
      </button>
      <button
        type="button"
        tabIndex={-1}
        aria-label={t.message.reply}
        title={t.message.reply}
        onClick={() => reply(message)}
        className={ACTION}
      >
        <Icon name="reply" />
      </button>
    </div>
  );
}

"use client";
import type { ViewMessage } from "../../../client/types.ts";
import { t } from "../../strings/index.ts";
import { IconButton } from "../ui/button.tsx";
import { Icon } from "../ui/icon.tsx";
import { Isolated } from "../ui/isolated.tsx";
import { QuotedText } from "./message-quote.tsx";

interface ComposerNoteProps {
  kind: "reply" | "edit";
  message: ViewMessage;
  onCancel: () => void;
}

/** Above the composer: what is being answered or edited, and the way out of it. */
export function ComposerNote({ kind, message, onCancel }: ComposerNoteProps) {
  const replying = kind === "reply";
  return (
    <div className="mb-2 flex items-center gap-2 pl-3">
      <Icon name={replying ? "reply" : "edit"} className="size-5 text-muted" />
      <div
        className={`min-w-0 grow rounded-lg border-l-4 bg-sunken px-2.5 py-1.5 text-sm ${message.mine ? "border-me" : "border-peer"}`}
      >
        <p className="sr-only">
          {replying ? <Isolated text={t.composer.replyingTo} name={message.sender} /> : t.composer.editing}
        </p>
        <QuotedText quoted={message} name={message.mine ? t.message.you : message.sender} />
      </div>
      <IconButton label={replying ? t.composer.cancelReply : t.composer.cancelEdit} onClick={onCancel}>
        <Icon name="x" />
      </IconButton>
    </div>
  );
}

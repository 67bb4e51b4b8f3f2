"use client";
import { useEffect, useRef, type KeyboardEvent, type SubmitEvent } from "react";
import type { ViewMessage } from "../../../client/types.ts";
import { BODY_MAX } from "../../../protocol/limits.ts";
import { useDraft } from "../../hooks/use-draft.ts";
import { t } from "../../strings/index.ts";
import { lastEditable } from "../../text/transcript.ts";
import { Icon } from "../ui/icon.tsx";
import { useChatScene } from "./chat-scene.ts";
import { ComposerNote } from "./composer-note.tsx";

export type ComposerMode =
  | { kind: "write" }
  | { kind: "reply"; message: ViewMessage }
  /** `text` is the changed one; the draft stays what it is meanwhile. */
  | { kind: "edit"; message: ViewMessage; text: string };

interface ComposerProps {
  hash: string;
  mode: ComposerMode;
  onMode: (mode: ComposerMode) => void;
  messages: readonly ViewMessage[];
  onSent: () => void;
}

/** Characters left from which on they are counted aloud. */
const COUNT_FROM = 400;
const FIELD =
  "field col-start-1 row-start-1 max-h-[40dvh] min-h-11 rounded-3xl px-4 py-2.5 leading-snug [overflow-wrap:anywhere]";
/** How some browsers report a key that an input method has taken; `isComposing` is already false then. */
const TAKEN_BY_IME = 229;

/** Where one writes. */
export function Composer({ hash, mode, onMode, messages, onSent }: ComposerProps) {
  const { conversation, peer } = useChatScene();
  const field = useRef<HTMLTextAreaElement>(null);
  const [draft, setDraft] = useDraft(hash);
  const editing = mode.kind === "edit";
  const text = editing ? mode.text : draft;
  const about = mode.kind === "write" ? undefined : mode.message.key;
  const left = BODY_MAX - Array.from(text.trim()).length;
  const ready = text.trim() !== "" && left >= 0;

  useEffect(() => {
    if (about !== undefined) field.current?.focus();
  }, [about]);

  function write(next: string) {
    if (mode.kind === "edit") return onMode({ ...mode, text: next });
    setDraft(next);
    conversation.setTyping(next.trim() !== "");
  }

  function submit(event?: SubmitEvent) {
    event?.preventDefault();
    if (!ready) return;
    const body = text.trim();
    if (mode.kind === "edit") {
      if (mode.message.seq !== undefined && body !== mode.message.body) conversation.edit(mode.message.seq, body);
    } else {
      const replyTo = mode.kind === "reply" ? mode.message.seq : undefined;
      conversation.send(body, replyTo === undefined ? {} : { replyTo });
      conversation.setTyping(false);
      setDraft("");
      onSent();
    }
    onMode({ kind: "write" });
    field.current?.focus();
  }

  function onKeyDown(event: KeyboardEvent) {
    if (event.nativeEvent.isComposing || event.keyCode === TAKEN_BY_IME) return;
    if (event.key === "Escape" && mode.kind !== "write") onMode({ kind: "write" });
    if (event.key === "ArrowUp" && text === "" && !editing) editLast(event);
    if (event.key !== "Enter" || !sends(event)) return;
    event.preventDefault();
    submit();
  }

  function editLast(event: KeyboardEvent) {
    const message = lastEditable(messages);
    if (message === undefined) return;
    event.preventDefault();
    onMode({ kind: "edit", message, text: message.body });
  }

  return (
    <form
      onSubmit={submit}
      className="border-t border-line bg-surface px-2 pt-2 pb-[max(0.5rem,env(safe-area-inset-bottom))]"
    >
      {mode.kind !== "write" && (
        <ComposerNote kind={mode.kind} message={mode.message} onCancel={() => onMode({ kind: "write" })} />
      )}
      <div className="flex items-end gap-2">
        <div className="grid max-h-[40dvh] grow">
          {/* The same text, unseen, gives the row its height: the field grows without being measured. */}
          <div aria-hidden="true" className={`invisible overflow-hidden whitespace-pre-wrap ${FIELD}`}>
            {`${text} `}
          </div>
          <textarea
            ref={field}
            rows={1}
            dir="auto"
            value={text}
            onChange={(event) => write(event.target.value)}
            onKeyDown={onKeyDown}
            onBlur={() => conversation.setTyping(false)}
            placeholder={t.composer.placeholder}
            aria-label={editing ? t.composer.editing : t.composer.label(peer)}
            aria-describedby="composer-keys"
            enterKeyHint="enter"
            className={`resize-none bg-paper placeholder:text-muted ${FIELD}`}
          />
        </div>
        <button
          type="submit"
          aria-label={editing ? t.composer.save : t.composer.send}
          title={editing ? t.composer.save : t.composer.send}
          aria-disabled={!ready}
          className="grid size-11 shrink-0 place-items-center rounded-full bg-me-fill text-white transition aria-disabled:bg-sunken aria-disabled:text-muted"
        >
          <Icon name={editing ? "check" : "arrowUp"} />
        </button>
      </div>
      <p id="composer-keys" className="sr-only">
        {t.composer.keys}
      </p>
      <output className={`block px-4 text-sm ${left < 0 ? "text-danger" : "text-muted"}`}>
        {left <= COUNT_FROM && t.composer.left(left)}
      </output>
    </form>
  );
}

/** On a touch keyboard Enter is the only way to break a line; the button sends, or Ctrl and Enter where there is Ctrl. */
function sends({ ctrlKey, metaKey, shiftKey }: KeyboardEvent): boolean {
  return ctrlKey || metaKey || (!shiftKey && !matchMedia("(pointer: coarse)").matches);
}

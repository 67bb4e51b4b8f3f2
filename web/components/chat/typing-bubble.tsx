import { t } from "../../strings/index.ts";

/** Three dots where the other person's message is about to appear. */
export function TypingBubble({ names }: { names: readonly string[] }) {
  const [name] = names;
  if (name === undefined) return null;
  return (
    <div className="mt-2 flex px-3">
      <span className="flex gap-1 rounded-[1.25rem] bg-peer-tint px-4 py-3.5">
        <span className="sr-only">{t.chat.typing(name)}</span>
        <span className="size-2 animate-bounce rounded-full bg-peer" />
        <span className="size-2 animate-bounce rounded-full bg-peer [animation-delay:120ms]" />
        <span className="size-2 animate-bounce rounded-full bg-peer [animation-delay:240ms]" />
      </span>
    </div>
  );
}

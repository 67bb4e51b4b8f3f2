"use client";
import { useEffect, useRef, useState } from "react";
import type { RegisterData } from "../../../protocol/http.ts";
import { chatPath } from "../../device/routes.ts";
import { duet } from "../../sdk.ts";
import { t } from "../../strings/index.ts";
import { explain } from "../../text/explain.ts";
import { initialOf, Overprint } from "../site/overprint.tsx";
import { Button } from "../ui/button.tsx";
import { Isolated } from "../ui/isolated.tsx";
import { ShareLink } from "./share-link.tsx";

interface ChatReadyProps {
  chat: RegisterData;
  onAnother: () => void;
}

/** The chat exists: its link to share, and a way in for each of the two. */
export function ChatReady({ chat, onAnother }: ChatReadyProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  const [problem, setProblem] = useState<string>();

  // The form is gone and the focus with it; the heading is where reading goes on.
  useEffect(() => heading.current?.focus(), []);

  async function openAs(name: string) {
    try {
      await duet().login({ hash: chat.hash, userName: name });
      location.assign(chatPath(chat.hash));
    } catch (error) {
      setProblem(explain(error).text);
    }
  }

  return (
    <div className="mx-auto max-w-md">
      <Overprint
        closeness="together"
        initials={[initialOf(chat.userOne), initialOf(chat.userTwo)]}
        className="mt-2 h-28"
      />
      <h1 ref={heading} tabIndex={-1} className="display mt-6 text-center text-4xl leading-[1.05] outline-none">
        {t.ready.title}
      </h1>
      <p className="mt-3 text-center text-lg text-balance text-muted">
        <Isolated text={t.ready.lead} name={chat.userTwo} />
      </p>
      <div className="mt-6">
        <ShareLink hash={chat.hash} />
      </div>
      <div className="mt-6 grid gap-3">
        <Button look="rose" onClick={() => void openAs(chat.userOne)}>
          <Isolated text={t.ready.openAs} name={chat.userOne} />
        </Button>
        <Button look="teal" onClick={() => void openAs(chat.userTwo)}>
          <Isolated text={t.ready.openAs} name={chat.userTwo} />
        </Button>
        <p role="alert" className="text-center text-sm text-danger">
          {problem}
        </p>
        <button type="button" onClick={onAnother} className="min-h-11 text-sm font-medium text-muted hover:text-ink">
          {t.ready.another}
        </button>
      </div>
    </div>
  );
}

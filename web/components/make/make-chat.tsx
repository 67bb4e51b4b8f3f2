"use client";
import { useState } from "react";
import type { RegisterData } from "../../../protocol/http.ts";
import { ChatReady } from "./chat-ready.tsx";
import { MakeChatForm } from "./make-chat-form.tsx";

/** Two names in, a link out: the form and, once it is made, what to do with the link. */
export function MakeChat({ headline }: { headline: string }) {
  const [made, setMade] = useState<RegisterData>();
  if (made !== undefined) return <ChatReady chat={made} onAnother={() => setMade(undefined)} />;
  return <MakeChatForm headline={headline} onMade={setMade} />;
}

"use client";
import { useState } from "react";
import type { ViewMessage } from "../../client/types.ts";

/** Whether the list last changed at its start: older messages came in, and it keeps its place from the end. */
export function usePrepended(messages: readonly ViewMessage[]): boolean {
  const [last, setLast] = useState({ messages, prepended: false });
  if (last.messages === messages) return last.prepended;
  const prepended = last.messages.length > 0 && last.messages[0]?.key !== messages[0]?.key;
  setLast({ messages, prepended });
  return prepended;
}

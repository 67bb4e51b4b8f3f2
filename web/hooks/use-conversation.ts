"use client";
import { useCallback, useEffect, useState, useSyncExternalStore } from "react";
import type { Conversation, ConversationView } from "../../client/types.ts";
import { duet } from "../sdk.ts";

/** Opens a conversation for as long as the component is there, and renders again with every change of it. */
export function useConversation(hash: string): { conversation: Conversation; view: ConversationView } {
  // Opened idle; the connection starts with the effect, so that a render thrown away leaves nothing behind.
  const [conversation] = useState(() => duet().open(hash));
  useEffect(() => {
    conversation.connect();
    return () => conversation.close();
  }, [conversation]);
  const subscribe = useCallback((listener: () => void) => conversation.subscribe(listener), [conversation]);
  const read = useCallback(() => conversation.getView(), [conversation]);
  return { conversation, view: useSyncExternalStore(subscribe, read, read) };
}

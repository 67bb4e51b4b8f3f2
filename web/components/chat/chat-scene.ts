"use client";
import { createContext, use } from "react";
import type { Conversation, ViewMessage } from "../../../client/types.ts";

/** What every part of an open chat may need. It changes with the connection only, never with a message. */
export interface ChatScene {
  conversation: Conversation;
  /** In the order they were registered in: the first is rose, the second teal. */
  users: readonly [string, string];
  self: string;
  peer: string;
  /** Whether what is written now goes out now. */
  connected: boolean;
  openMenu: (message: ViewMessage, anchor: HTMLElement) => void;
  reply: (message: ViewMessage) => void;
  jumpTo: (seq: number) => void;
  /** Shows the chat's link, to pass it on. */
  invite: () => void;
}

const Scene = createContext<ChatScene | undefined>(undefined);

export const ChatSceneProvider = Scene.Provider;

export function useChatScene(): ChatScene {
  const scene = use(Scene);
  if (scene === undefined) throw new Error("useChatScene is for components inside a ChatRoom");
  return scene;
}

"use client";
import { lazy, Suspense } from "react";
import type { ViewMessage } from "../../../client/types.ts";
import type { Notifications } from "../../hooks/use-notifications.ts";
import { useChatScene } from "./chat-scene.ts";
import { ChatMenu } from "./chat-menu.tsx";
import { MessageMenu } from "./message-menu.tsx";

// None of these is needed to read and write.
const ShareDialog = lazy(() => import("./share-dialog.tsx"));
const EndChatDialog = lazy(() => import("./end-chat-dialog.tsx"));
const RemoveDialog = lazy(() => import("./remove-dialog.tsx"));

/** What is open over the chat: one thing at a time. */
export type OpenDialog =
  | { kind: "chat"; anchor: HTMLElement }
  | { kind: "message"; message: ViewMessage; anchor: HTMLElement }
  | { kind: "remove"; seq: number }
  | { kind: "share" | "end" }
  | undefined;

interface ChatDialogsProps {
  hash: string;
  dialog: OpenDialog;
  notifications: Notifications;
  onDialog: (dialog: OpenDialog) => void;
  onEdit: (message: ViewMessage) => void;
  onSignOut: () => Promise<void>;
}

export function ChatDialogs({ hash, dialog, notifications, onDialog, onEdit, onSignOut }: ChatDialogsProps) {
  const { conversation } = useChatScene();
  const close = () => onDialog(undefined);
  if (dialog === undefined) return null;
  switch (dialog.kind) {
    case "chat":
      return (
        <ChatMenu
          anchor={dialog.anchor}
          notifications={notifications}
          onClose={close}
          onShare={() => onDialog({ kind: "share" })}
          onSignOut={onSignOut}
          onEnd={() => onDialog({ kind: "end" })}
        />
      );
    case "message":
      return (
        <MessageMenu
          message={dialog.message}
          anchor={dialog.anchor}
          onClose={close}
          onEdit={onEdit}
          onRemove={(seq) => onDialog({ kind: "remove", seq })}
        />
      );
    case "share":
      return (
        <Suspense>
          <ShareDialog hash={hash} onClose={close} />
        </Suspense>
      );
    case "end":
      return (
        <Suspense>
          <EndChatDialog hash={hash} onClose={close} />
        </Suspense>
      );
    case "remove":
      return (
        <Suspense>
          <RemoveDialog onClose={close} onRemove={() => conversation.remove(dialog.seq)} />
        </Suspense>
      );
    default:
      return dialog satisfies never;
  }
}

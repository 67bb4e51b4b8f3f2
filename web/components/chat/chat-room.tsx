"use client";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { Conversation, ConversationView, ViewMessage } from "../../../client/types.ts";
import type { ChatData } from "../../../protocol/http.ts";
import { useConversation } from "../../hooks/use-conversation.ts";
import { useDelayed } from "../../hooks/use-delayed.ts";
import { clearDraft } from "../../hooks/use-draft.ts";
import { useIncoming } from "../../hooks/use-incoming.ts";
import { useNotifications } from "../../hooks/use-notifications.ts";
import { useTitleBadge } from "../../hooks/use-title-badge.ts";
import { useVisualViewport } from "../../hooks/use-visual-viewport.ts";
import { t } from "../../strings/index.ts";
import { receivedAfter } from "../../text/transcript.ts";
import { ChatDialogs, type OpenDialog } from "./chat-dialogs.tsx";
import { ChatHeader } from "./chat-header.tsx";
import { ChatSceneProvider, type ChatScene } from "./chat-scene.ts";
import { EndedPage, LoadingPage, OutdatedPage, SignedOutPage, UnreachablePage } from "./chat-states.tsx";
import { Composer, type ComposerMode } from "./composer.tsx";
import { ConnectionBanner } from "./connection-banner.tsx";
import { Announcer } from "./announcer.tsx";
import { MessageList, type MessageListHandle } from "./message-list.tsx";

interface ChatRoomProps {
  hash: string;
  users: ChatData["users"];
  /** Goes back to the link: to the choice of names, as a rule. */
  onSignIn: () => void;
  onSignOut: () => Promise<void>;
}

/** Opening takes a fraction of a second where there is a server. */
const STUCK_MS = 6_000;

/** A chat one is signed in to, as far as this browser knows, until it is over for this page. */
export function ChatRoom(props: ChatRoomProps) {
  const { conversation, view } = useConversation(props.hash);
  const stuck = useDelayed(!view.loaded, STUCK_MS);
  const { self } = view;
  if (view.status === "closed") return <ClosedRoom view={view} onSignIn={props.onSignIn} />;
  // It connects by itself as soon as it can; until then the page says so.
  if (!view.loaded || self === undefined)
    return stuck ? <UnreachablePage onRetry={() => location.reload()} /> : <LoadingPage />;
  return <OpenRoom {...props} self={self} conversation={conversation} view={view} />;
}

function ClosedRoom({ view, onSignIn }: { view: ConversationView; onSignIn: () => void }) {
  const { ended, self } = view;
  switch (view.closeReason) {
    case "ENDED":
      return <EndedPage by={ended?.by} byMe={ended !== undefined && ended.by === self} />;
    case "UNAUTHENTICATED":
      // Never let in: this browser was wrong about being signed in, which is nothing to tell anybody.
      if (self === undefined) return <BackToLink onBack={onSignIn} />;
      return <SignedOutPage onSignIn={onSignIn} />;
    case "REVOKED":
      return <SignedOutPage onSignIn={onSignIn} />;
    // Ends that this page's own code brought about: a fresh one knows better.
    case "PROTOCOL":
    case "VERSION":
    case "HELLO_TIMEOUT":
    case "FRAME_TOO_LARGE":
    case "TOO_FAST":
    case undefined:
      return <OutdatedPage />;
    default:
      return view.closeReason satisfies never;
  }
}

function BackToLink({ onBack }: { onBack: () => void }) {
  useEffect(onBack, [onBack]);
  return <LoadingPage />;
}

interface OpenRoomProps extends ChatRoomProps {
  self: string;
  conversation: Conversation;
  view: ConversationView;
}

function OpenRoom({ hash, users, self, onSignOut, conversation, view }: OpenRoomProps) {
  const peer = users[0] === self ? users[1] : users[0];
  const list = useRef<MessageListHandle>(null);
  const [mode, setMode] = useState<ComposerMode>({ kind: "write" });
  const [dialog, setDialog] = useState<OpenDialog>();
  const unread = useMemo(() => receivedAfter(view.messages, view.readSeq).length, [view.messages, view.readSeq]);
  const notifications = useNotifications();
  const incoming = useIncoming(view, notifications.notify);

  const room = useVisualViewport();
  useTitleBadge(unread, t.chat.withPeer(peer));

  const connected = view.status === "live";
  const jumpTo = useCallback((seq: number) => void list.current?.jumpTo(seq), []);
  const scene: ChatScene = useMemo(
    () => ({
      conversation,
      users,
      self,
      peer,
      connected,
      jumpTo,
      invite: () => setDialog({ kind: "share" }),
      reply: (message: ViewMessage) => setMode({ kind: "reply", message }),
      openMenu: (message: ViewMessage, anchor: HTMLElement) => setDialog({ kind: "message", message, anchor }),
    }),
    [conversation, users, self, peer, connected, jumpTo],
  );

  async function leave() {
    await onSignOut();
    clearDraft(hash);
  }

  return (
    <ChatSceneProvider value={scene}>
      <main
        ref={room}
        data-voice={users[0] === self ? "one" : "two"}
        className="fixed inset-x-0 top-0 mx-auto flex h-dvh max-w-3xl flex-col overflow-hidden bg-paper lg:border-x lg:border-line"
      >
        <ChatHeader view={view} onMenu={(anchor) => setDialog({ kind: "chat", anchor })} />
        <ConnectionBanner view={view} />
        <MessageList ref={list} view={view} unread={unread} />
        <Composer
          hash={hash}
          mode={mode}
          onMode={setMode}
          messages={view.messages}
          onSent={() => list.current?.toEnd()}
        />
        <Announcer incoming={incoming} />
      </main>
      <ChatDialogs
        hash={hash}
        dialog={dialog}
        notifications={notifications}
        onDialog={setDialog}
        onEdit={(message) => setMode({ kind: "edit", message, text: message.body })}
        onSignOut={leave}
      />
    </ChatSceneProvider>
  );
}

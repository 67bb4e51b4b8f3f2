"use client";
import { useChatEntry } from "../../hooks/use-chat-entry.ts";
import { useChatHash } from "../../hooks/use-chat-hash.ts";
import { ChatRoom } from "./chat-room.tsx";
import { PickPerson } from "./pick-person.tsx";
import { EndedPage, LoadingPage, SignedOutPage, TooManyPage, UnknownPage, UnreachablePage } from "./chat-states.tsx";

/** What a chat's link opens: whichever of its pages fits. */
export function ChatPage() {
  const hash = useChatHash();
  if (hash === null) return <LoadingPage />;
  if (hash === undefined) return <UnknownPage />;
  return <ChatEntrance hash={hash} />;
}

function ChatEntrance({ hash }: { hash: string }) {
  const { entry, reload, signIn, signOut } = useChatEntry(hash);
  switch (entry.at) {
    case "loading":
      return <LoadingPage />;
    case "unknown":
      return <UnknownPage />;
    case "ended":
      return <EndedPage />;
    case "signedOut":
      return <SignedOutPage onSignIn={reload} />;
    case "unreachable":
      return <UnreachablePage onRetry={reload} />;
    case "tooMany":
      return <TooManyPage retryAfter={entry.retryAfter} onRetry={reload} />;
    case "pick":
      return <PickPerson users={entry.users} problem={entry.problem} onPick={signIn} />;
    case "room":
      return <ChatRoom hash={hash} users={entry.users} onSignIn={reload} onSignOut={signOut} />;
    default:
      return entry satisfies never;
  }
}

"use client";
import { useCallback, useEffect, useState } from "react";
import type { ChatData } from "../../protocol/http.ts";
import { recallChat, rememberChat } from "../device/recent-chats.ts";
import { duet } from "../sdk.ts";
import { explain } from "../text/explain.ts";

/** Where a person stands who opened a chat's link. */
type ChatEntry =
  | { at: "loading" | "unknown" | "ended" | "signedOut" | "unreachable" }
  | { at: "tooMany"; retryAfter: number }
  | { at: "pick"; users: ChatData["users"]; problem?: string }
  | { at: "room"; users: ChatData["users"] };

interface ChatEntrance {
  entry: ChatEntry;
  /** Asks the server, whatever this browser remembers. */
  reload: () => void;
  signIn: (userName: string) => Promise<void>;
  signOut: () => Promise<void>;
}

const RETRY_AFTER_S = 60;
const RETRY_UNREACHABLE_MS = 10_000;

/** Finds out what is behind a link, and goes in and out of it. */
export function useChatEntry(hash: string): ChatEntrance {
  const [entry, setEntry] = useState(() => guess(hash));

  const reload = useCallback(() => {
    // A room that is over is left, so that the next one begins afresh.
    setEntry((current) => (current.at === "room" ? { at: "loading" } : current));
    void look(hash).catch(entryAfter).then(setEntry);
  }, [hash]);

  useEffect(() => {
    const known = guess(hash);
    if (known.at === "room") enter(hash, known.users);
    else void look(hash).catch(entryAfter).then(setEntry);
  }, [hash]);
  useRetryWhen(entry.at === "unreachable", reload);

  const signIn = useCallback(
    async (userName: string) => {
      try {
        await duet().login({ hash, userName });
        setEntry((current) => (current.at === "pick" ? enter(hash, current.users) : current));
      } catch (error) {
        setEntry((current) => entryAfterSignIn(error, current));
      }
    },
    [hash],
  );

  const signOut = useCallback(async () => {
    await duet().logout({ hash });
    const chat = recallChat(hash);
    if (chat) rememberChat({ ...chat, signedIn: false });
    setEntry({ at: "signedOut" });
  }, [hash]);

  return { entry, reload, signIn, signOut };
}

/**
 * Who was signed in when they were last here most likely still is: the room connects at once, instead of asking first.
 * It finds out by itself when that is wrong.
 */
function guess(hash: string): ChatEntry {
  const chat = recallChat(hash);
  return chat?.signedIn === true ? { at: "room", users: chat.users } : { at: "loading" };
}

function enter(hash: string, users: ChatData["users"]): ChatEntry {
  rememberChat({ hash, users, openedAt: Date.now(), signedIn: true });
  return { at: "room", users };
}

async function look(hash: string): Promise<ChatEntry> {
  const { users, self, ended } = await duet().chat(hash);
  if (ended) return { at: "ended" };
  if (self !== null) return enter(hash, users);
  rememberChat({ hash, users, openedAt: Date.now(), signedIn: false });
  return { at: "pick", users };
}

function entryAfter(error: unknown): ChatEntry {
  const { code, retryAfter } = explain(error);
  switch (code) {
    case "CHAT_UNKNOWN":
      return { at: "unknown" };
    case "CHAT_ENDED":
      return { at: "ended" };
    case "TOO_MANY_REQUESTS":
      return { at: "tooMany", retryAfter: retryAfter ?? RETRY_AFTER_S };
    default:
      return { at: "unreachable" };
  }
}

/** A sign-in that failed for want of a connection leaves one at the door, where one can press again. */
function entryAfterSignIn(error: unknown, current: ChatEntry): ChatEntry {
  const entry = entryAfter(error);
  return entry.at === "unreachable" && current.at === "pick" ? { ...current, problem: explain(error).text } : entry;
}

/** Tries again by itself: every ten seconds, and at once when the browser is back online. */
function useRetryWhen(waiting: boolean, retry: () => void): void {
  useEffect(() => {
    if (!waiting) return;
    const timer = setInterval(retry, RETRY_UNREACHABLE_MS);
    window.addEventListener("online", retry);
    return () => {
      clearInterval(timer);
      window.removeEventListener("online", retry);
    };
  }, [waiting, retry]);
}

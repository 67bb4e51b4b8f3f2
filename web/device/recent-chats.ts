/** The chats opened on this device. Only this browser knows the list; a link in it is as good as the link itself. */
import * as z from "zod/mini";
import { ChatHash, Name } from "../../protocol/fields.ts";
import { readStored, writeStored } from "./storage.ts";

export const RECENT_KEY = "duet.recent";
const MOST = 20;

const RecentChat = z.object({
  hash: ChatHash,
  users: z.tuple([Name, Name]),
  /** Milliseconds since 1970 of the last opening. */
  openedAt: z.int(),
  /**
   * Whether this browser was signed in to it when it was last here. Only a guess: the session is a cookie that no script
   * can see, and it ends without this list hearing of it.
   */
  signedIn: z.optional(z.boolean()),
});
export type RecentChat = z.infer<typeof RecentChat>;

/** Newest first. Anything that isn't a list of chats counts as none. */
export function parseRecent(text: string | null): RecentChat[] {
  try {
    const parsed = z.array(RecentChat).safeParse(JSON.parse(text ?? "[]"));
    return parsed.success ? parsed.data : [];
  } catch {
    return [];
  }
}

export function recallChat(hash: string): RecentChat | undefined {
  return parseRecent(readStored(RECENT_KEY)).find((chat) => chat.hash === hash);
}

export function rememberChat(chat: RecentChat): void {
  const others = parseRecent(readStored(RECENT_KEY)).filter(({ hash }) => hash !== chat.hash);
  writeRecent([chat, ...others].slice(0, MOST));
}

export function forgetChat(hash: string): void {
  writeRecent(parseRecent(readStored(RECENT_KEY)).filter((chat) => chat.hash !== hash));
}

export function forgetAllChats(): void {
  writeRecent([]);
}

function writeRecent(chats: RecentChat[]): void {
  writeStored(RECENT_KEY, chats.length === 0 ? null : JSON.stringify(chats));
}

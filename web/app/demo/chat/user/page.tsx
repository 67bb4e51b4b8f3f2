import type { Metadata } from "next";
import { ChatPage } from "../../../../components/chat/chat-page.tsx";
import { t } from "../../../../strings/index.ts";

export const metadata: Metadata = { title: t.chat.pageTitle, robots: { index: false, follow: false } };

/** Exported once; the Worker answers /demo/chat/user/<hash> with it. */
export default function ChatUserPage() {
  return <ChatPage />;
}

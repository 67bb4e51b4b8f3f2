import type { Metadata } from "next";
import { ChatPage } from "../../../../components/chat/chat-page.tsx";
import { HEAD_START_SCRIPT } from "../../../../device/head-start.ts";
import { t } from "../../../../strings/index.ts";

export const metadata: Metadata = { title: t.chat.pageTitle, robots: { index: false, follow: false } };

/** Exported once; the Worker answers /demo/chat/user/<hash> with it. */
export default function ChatUserPage() {
  return (
    <>
      <script>{HEAD_START_SCRIPT}</script>
      <ChatPage />
    </>
  );
}

import type { Metadata } from "next";
import { MakeChat } from "../../../components/make/make-chat.tsx";
import { RecentChats } from "../../../components/make/recent-chats.tsx";
import { SiteShell } from "../../../components/site/site-shell.tsx";
import { t } from "../../../strings/index.ts";

export const metadata: Metadata = { title: t.site.newChat };

export default function NewChatPage() {
  return (
    <SiteShell>
      <MakeChat headline={t.make.titleShort} />
      <RecentChats />
    </SiteShell>
  );
}

import { MakeChat } from "../components/make/make-chat.tsx";
import { RecentChats } from "../components/make/recent-chats.tsx";
import { SiteShell } from "../components/site/site-shell.tsx";
import { t } from "../strings/index.ts";

export default function HomePage() {
  return (
    <SiteShell>
      <MakeChat headline={t.make.title} />
      <RecentChats />
      <ul className="mt-20 grid gap-8 border-t border-line pt-10 sm:grid-cols-3">
        {t.make.promises.map(({ title, text }) => (
          <li key={title}>
            <h2 className="display text-lg">{title}</h2>
            <p className="mt-1 text-pretty text-muted">{text}</p>
          </li>
        ))}
      </ul>
    </SiteShell>
  );
}

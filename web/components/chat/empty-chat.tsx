"use client";
import { t } from "../../strings/index.ts";
import { initialOf, Overprint } from "../site/overprint.tsx";
import { Button } from "../ui/button.tsx";
import { Icon } from "../ui/icon.tsx";
import { useChatScene } from "./chat-scene.ts";
import { Beginning } from "./row-separators.tsx";

/** Instead of messages, as long as there are none. */
export function EmptyChat() {
  const { users, invite } = useChatScene();
  return (
    <div className="grid justify-items-center px-6 pb-10 text-center">
      <Overprint closeness="together" initials={[initialOf(users[0]), initialOf(users[1])]} className="h-24" />
      <Beginning />
      <Button look="quiet" onClick={invite}>
        <Icon name="link" />
        {t.menu.share}
      </Button>
    </div>
  );
}

"use client";
import { useState } from "react";
import { forgetChat } from "../../device/recent-chats.ts";
import { clearDraft } from "../../hooks/use-draft.ts";
import { duet } from "../../sdk.ts";
import { t } from "../../strings/index.ts";
import { explain } from "../../text/explain.ts";
import { Isolated } from "../ui/isolated.tsx";
import { useChatScene } from "./chat-scene.ts";
import { ConfirmDialog } from "./confirm-dialog.tsx";

/** The socket then says that the chat has ended, which brings the page for it: this dialog needs not. */
export default function EndChatDialog({ hash, onClose }: { hash: string; onClose: () => void }) {
  const { peer } = useChatScene();
  const [problem, setProblem] = useState<string>();

  async function end() {
    try {
      await duet().endChat(hash);
      clearDraft(hash);
      forgetChat(hash);
    } catch (error) {
      setProblem(explain(error).text);
    }
  }

  return (
    <ConfirmDialog
      title={t.dialogs.endTitle}
      text={<Isolated text={t.dialogs.endText} name={peer} />}
      confirm={t.dialogs.endConfirm}
      problem={problem}
      onConfirm={() => void end()}
      onClose={onClose}
    />
  );
}

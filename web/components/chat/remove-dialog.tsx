"use client";
import { t } from "../../strings/index.ts";
import { Isolated } from "../ui/isolated.tsx";
import { useChatScene } from "./chat-scene.ts";
import { ConfirmDialog } from "./confirm-dialog.tsx";

export default function RemoveDialog({ onRemove, onClose }: { onRemove: () => void; onClose: () => void }) {
  const { peer } = useChatScene();

  function remove() {
    onRemove();
    onClose();
  }

  return (
    <ConfirmDialog
      title={t.dialogs.removeTitle}
      text={<Isolated text={t.dialogs.removeText} name={peer} />}
      confirm={t.dialogs.removeConfirm}
      onConfirm={remove}
      onClose={onClose}
    />
  );
}

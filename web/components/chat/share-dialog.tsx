"use client";
import { t } from "../../strings/index.ts";
import { ShareLink } from "../make/share-link.tsx";
import { Dialog } from "../ui/dialog.tsx";

export default function ShareDialog({ hash, onClose }: { hash: string; onClose: () => void }) {
  return (
    <Dialog title={t.share.title} onClose={onClose}>
      <ShareLink hash={hash} />
    </Dialog>
  );
}

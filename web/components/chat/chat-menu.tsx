"use client";
import { useState } from "react";
import type { Notifications } from "../../hooks/use-notifications.ts";
import { t } from "../../strings/index.ts";
import { explain } from "../../text/explain.ts";
import { ThemeChoice } from "../site/theme-choice.tsx";
import { Sheet } from "../ui/sheet.tsx";
import { SheetItem } from "../ui/sheet-item.tsx";

interface ChatMenuProps {
  anchor: HTMLElement;
  notifications: Notifications;
  onClose: () => void;
  onShare: () => void;
  onSignOut: () => Promise<void>;
  onEnd: () => void;
}

export function ChatMenu({ anchor, notifications, onClose, onShare, onSignOut, onEnd }: ChatMenuProps) {
  const [problem, setProblem] = useState<string>();

  async function signOut() {
    try {
      await onSignOut();
    } catch (error) {
      setProblem(explain(error).text);
    }
  }

  return (
    <Sheet label={t.menu.open} anchor={anchor} onClose={onClose}>
      <SheetItem icon="link" label={t.menu.share} onPress={onShare} />
      <SheetItem
        icon="bell"
        label={notifications.blocked ? t.menu.notifyBlocked : t.menu.notify}
        checked={notifications.on}
        onPress={() => void notifications.toggle()}
      />
      <SheetItem icon="signOut" label={t.menu.signOut} onPress={() => void signOut()} />
      <SheetItem icon="trash" label={t.menu.end} danger onPress={onEnd} />
      {problem !== undefined && (
        <p role="alert" className="px-3 py-1 text-sm text-danger">
          {problem}
        </p>
      )}
      <div className="mt-1 flex items-center justify-between gap-3 border-t border-line px-3 pt-3 pb-1">
        <span aria-hidden="true" className="text-sm text-muted">
          {t.site.theme}
        </span>
        <ThemeChoice />
      </div>
    </Sheet>
  );
}

"use client";
import type { ReactNode } from "react";
import { t } from "../../strings/index.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";

interface ConfirmDialogProps {
  title: string;
  text: ReactNode;
  confirm: string;
  problem?: string | undefined;
  onConfirm: () => void;
  onClose: () => void;
}

/** Asks before something that can't be undone. The harmless answer comes first. */
export function ConfirmDialog({ title, text, confirm, problem, onConfirm, onClose }: ConfirmDialogProps) {
  return (
    <Dialog title={title} onClose={onClose}>
      <p className="text-pretty text-muted">{text}</p>
      {problem !== undefined && (
        <p role="alert" className="mt-3 text-sm text-danger">
          {problem}
        </p>
      )}
      <div className="mt-6 flex flex-wrap gap-3 whitespace-nowrap *:grow [--pad:0.75rem]">
        <Button look="quiet" onClick={onClose}>
          {t.dialogs.cancel}
        </Button>
        <Button look="danger" onClick={onConfirm}>
          {confirm}
        </Button>
      </div>
    </Dialog>
  );
}

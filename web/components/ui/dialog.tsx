"use client";
import { useId, useLayoutEffect, useRef, type ReactNode } from "react";
import { useBackdropPress } from "../../hooks/use-backdrop-press.ts";
import { t } from "../../strings/index.ts";
import { IconButton } from "./button.tsx";
import { Icon } from "./icon.tsx";

interface DialogProps {
  title: string;
  onClose: () => void;
  children: ReactNode;
}

/** A modal on the platform's own <dialog>: focus trap, Esc and focus return come with it. Open while mounted. */
export function Dialog({ title, onClose, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const backdrop = useBackdropPress(onClose);
  const titleId = useId();

  // A layout effect: its cleanup runs while the dialog is still in the page, so that closing gives the focus back.
  useLayoutEffect(() => {
    const element = dialog.current;
    if (element?.open === false) element.showModal();
    return () => element?.close();
  }, []);

  return (
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-noninteractive-element-interactions -- Esc is the dialog's own
    <dialog
      ref={dialog}
      aria-labelledby={titleId}
      onCancel={onClose}
      {...backdrop}
      className="w-[min(26rem,calc(100vw-2rem))] rounded-3xl bg-raised shadow-lift"
    >
      <div className="p-5 sm:p-6">
        <div className="mb-3 flex items-start justify-between gap-4">
          <h2 id={titleId} className="display text-2xl leading-tight">
            {title}
          </h2>
          <IconButton label={t.dialogs.close} onClick={onClose} className="-mt-2 -mr-3">
            <Icon name="x" />
          </IconButton>
        </div>
        {children}
      </div>
    </dialog>
  );
}

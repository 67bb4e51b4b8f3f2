"use client";
import { useLayoutEffect, useRef, type KeyboardEvent, type ReactNode } from "react";
import { useBackdropPress } from "../../hooks/use-backdrop-press.ts";

interface SheetProps {
  label: string;
  /** What was pressed: on large screens the sheet opens beside it. */
  anchor: HTMLElement;
  onClose: () => void;
  children: ReactNode;
}

const GAP = 6;
const MARGIN = 8;

/**
 * A menu that fits the hand: from the bottom edge on phones, beside its anchor elsewhere. It is a modal <dialog>, which
 * brings the focus trap, Esc and the way back of the focus. Open while mounted.
 */
export function Sheet({ label, anchor, onClose, children }: SheetProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const backdrop = useBackdropPress(onClose);

  useLayoutEffect(() => {
    const element = dialog.current;
    if (element === null) return;
    if (!element.open) element.showModal();
    // Again whenever it grows, as it does when it shows more reactions.
    const observer = new ResizeObserver(() => place(element, anchor));
    observer.observe(element);
    place(element, anchor);
    return () => {
      observer.disconnect();
      element.close();
    };
  }, [anchor]);

  return (
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-noninteractive-element-interactions -- Esc is the dialog's own
    <dialog
      ref={dialog}
      aria-label={label}
      onCancel={onClose}
      {...backdrop}
      onKeyDown={moveByArrow}
      className="sheet bg-raised shadow-lift"
    >
      {children}
    </dialog>
  );
}

/** Below the anchor, or above it where there is no room; always inside the window. */
function place(sheet: HTMLElement, anchor: HTMLElement) {
  const at = anchor.getBoundingClientRect();
  const below = at.bottom + GAP + sheet.offsetHeight + MARGIN <= window.innerHeight;
  const top = below ? at.bottom + GAP : at.top - GAP - sheet.offsetHeight;
  const left = at.left + at.width / 2 < window.innerWidth / 2 ? at.left : at.right - sheet.offsetWidth;
  const clamp = (value: number, most: number) => Math.max(MARGIN, Math.min(value, most - MARGIN));
  sheet.style.setProperty("--sheet-top", `${clamp(top, window.innerHeight - sheet.offsetHeight)}px`);
  sheet.style.setProperty("--sheet-left", `${clamp(left, window.innerWidth - sheet.offsetWidth)}px`);
}

const STEPS = new Map([
  ["ArrowDown", 1],
  ["ArrowRight", 1],
  ["ArrowUp", -1],
  ["ArrowLeft", -1],
]);

function moveByArrow(event: KeyboardEvent<HTMLElement>) {
  const step = STEPS.get(event.key);
  // Radio buttons have arrow keys of their own.
  if (step === undefined || event.target instanceof HTMLInputElement) return;
  event.preventDefault();
  const items = [...event.currentTarget.querySelectorAll<HTMLElement>("button:not(:disabled), input:checked")];
  const current = items.findIndex((item) => item === document.activeElement);
  items.at((current + step + items.length) % items.length)?.focus();
}

"use client";
import { useRef, type MouseEvent, type PointerEvent } from "react";

interface BackdropHandlers {
  onPointerDown: (event: PointerEvent) => void;
  onClick: (event: MouseEvent) => void;
}

/**
 * Closes a modal dialog when one presses beside it. A press must begin there too: the finger that opened the dialog
 * with a long press is lifted over it, and a selection dragged out of a field ends beside it.
 */
export function useBackdropPress(onClose: () => void): BackdropHandlers {
  const beganBeside = useRef(false);
  return {
    onPointerDown(event) {
      beganBeside.current = event.target === event.currentTarget;
    },
    onClick(event) {
      if (beganBeside.current && event.target === event.currentTarget) onClose();
    },
  };
}

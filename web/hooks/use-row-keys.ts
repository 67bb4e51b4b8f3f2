"use client";
import { useCallback, type KeyboardEvent, type RefObject } from "react";
import type { VirtualizerHandle } from "virtua";

const OPENING_KEYS = new Set(["Enter", " ", "ContextMenu"]);

/**
 * Arrow keys, Home and End move the focus from message to message, those included that are not mounted yet.
 *
 * @param onOpen - called for Enter, Space or the menu key on a message
 */
export function useRowKeys(
  list: RefObject<VirtualizerHandle | null>,
  count: number,
  onOpen: (row: HTMLElement) => void,
): (event: KeyboardEvent<HTMLElement>) => void {
  return useCallback(
    (event) => {
      const log = event.currentTarget;
      const row = rowAt(event.target);
      if (row !== null && event.target === row && OPENING_KEYS.has(event.key)) {
        event.preventDefault();
        onOpen(row);
      }
      const next = nextIndex(event.key, row === null ? undefined : indexOfRow(row), count);
      if (next === undefined) return;
      event.preventDefault();
      list.current?.scrollToIndex(next, { align: "nearest" });
      afterNextPaint(() => {
        log.querySelector<HTMLElement>(`[data-row="${next}"]`)?.focus({ preventScroll: true });
      });
    },
    [list, count, onOpen],
  );
}

/** The message that an event is about, if any. */
export function rowAt(target: EventTarget | null): HTMLElement | null {
  return target instanceof Element ? target.closest<HTMLElement>("[data-row]") : null;
}

export function indexOfRow(row: HTMLElement): number {
  return Number(row.dataset.row);
}

function nextIndex(key: string, current: number | undefined, count: number): number | undefined {
  if (count === 0) return undefined;
  switch (key) {
    case "ArrowUp":
      return Math.max(0, (current ?? count) - 1);
    case "ArrowDown":
      return Math.min(count - 1, (current ?? count) + 1);
    case "Home":
      return 0;
    case "End":
      return count - 1;
    default:
      return undefined;
  }
}

/** A row further away is mounted only once the list has scrolled to it. */
function afterNextPaint(action: () => void): void {
  requestAnimationFrame(() => requestAnimationFrame(action));
}

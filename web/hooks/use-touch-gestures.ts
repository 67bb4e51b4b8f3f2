"use client";
import { useEffect, useEffectEvent, type RefObject } from "react";
import { rowAt } from "./use-row-keys.ts";

const LONG_PRESS_MS = 450;
/** Pixels a finger may tremble before a press becomes a scroll or a swipe. */
const SLACK = 10;
/** How far to swipe for a reply, and how far the message follows the finger. */
const SWIPE = 56;
const SWIPE_MAX = 72;

interface Press {
  row: HTMLElement;
  x: number;
  y: number;
  timer: ReturnType<typeof setTimeout>;
  /** Pixels the message has followed the finger. */
  shift: number;
}

/**
 * On touch screens: a long press on a message, and a swipe of it to the right. Mouse and pen have buttons for both.
 * The list listens for all of its rows, which come and go while one scrolls.
 */
export function useTouchGestures(
  listRef: RefObject<HTMLElement | null>,
  onLongPress: (row: HTMLElement) => void,
  onSwipe: (row: HTMLElement) => void,
): void {
  const longPress = useEffectEvent(onLongPress);
  const swipe = useEffectEvent(onSwipe);

  useEffect(() => {
    const list = listRef.current;
    if (list === null) return;
    const stop = new AbortController();
    let press: Press | undefined;

    function begin(event: PointerEvent) {
      const row = rowAt(event.target);
      if (event.pointerType !== "touch" || !event.isPrimary || row === null) return;
      const timer = setTimeout(() => longPress(row), LONG_PRESS_MS);
      press = { row, x: event.clientX, y: event.clientY, timer, shift: 0 };
    }
    function move(event: PointerEvent) {
      if (press === undefined) return;
      const x = event.clientX - press.x;
      const y = event.clientY - press.y;
      if (Math.hypot(x, y) > SLACK) clearTimeout(press.timer);
      shiftTo(press, x > SLACK && x > Math.abs(y) ? Math.min(x, SWIPE_MAX) : 0);
    }
    function end(event: PointerEvent) {
      if (press === undefined) return;
      clearTimeout(press.timer);
      if (event.type === "pointerup" && press.shift >= SWIPE) swipe(press.row);
      shiftTo(press, 0);
      press = undefined;
    }
    function preventMenu(event: Event) {
      if (press !== undefined) event.preventDefault();
    }

    list.addEventListener("pointerdown", begin, stop);
    list.addEventListener("pointermove", move, stop);
    list.addEventListener("pointerup", end, stop);
    list.addEventListener("pointercancel", end, stop);
    list.addEventListener("contextmenu", preventMenu, stop);
    return () => {
      stop.abort();
      clearTimeout(press?.timer);
    };
  }, [listRef]);
}

function shiftTo(press: Press, pixels: number) {
  if (press.shift === pixels) return;
  press.shift = pixels;
  press.row.style.translate = pixels === 0 ? "" : `${pixels}px`;
}

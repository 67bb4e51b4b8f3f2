"use client";
import { useEffect, useEffectEvent, type RefObject } from "react";

const LONG_PRESS_MS = 450;
/** Pixels a finger may tremble before a press becomes a scroll or a swipe. */
const SLACK = 10;
/** How far to swipe for a reply, and how far the message follows the finger. */
const SWIPE = 56;
const SWIPE_MAX = 72;

/** On touch screens: a long press, and a swipe to the right. Mouse and pen have buttons for both. */
export function useTouchGestures(
  target: RefObject<HTMLElement | null>,
  onLongPress: () => void,
  onSwipe: () => void,
): void {
  const longPress = useEffectEvent(onLongPress);
  const swipe = useEffectEvent(onSwipe);

  useEffect(() => {
    const element = target.current;
    if (element === null) return;
    const stop = new AbortController();
    let press: { x: number; y: number; timer: ReturnType<typeof setTimeout> } | undefined;
    let shift = 0;

    function begin(event: PointerEvent) {
      if (event.pointerType !== "touch" || !event.isPrimary) return;
      press = { x: event.clientX, y: event.clientY, timer: setTimeout(() => longPress(), LONG_PRESS_MS) };
    }
    function move(event: PointerEvent) {
      if (press === undefined) return;
      const x = event.clientX - press.x;
      const y = event.clientY - press.y;
      if (Math.hypot(x, y) > SLACK) clearTimeout(press.timer);
      shiftBy(x > SLACK && x > Math.abs(y) ? Math.min(x, SWIPE_MAX) : 0);
    }
    function end(event: PointerEvent) {
      if (press === undefined) return;
      clearTimeout(press.timer);
      press = undefined;
      if (event.type === "pointerup" && shift >= SWIPE) swipe();
      shiftBy(0);
    }
    function shiftBy(pixels: number) {
      shift = pixels;
      if (element !== null) element.style.translate = pixels === 0 ? "" : `${pixels}px`;
    }
    function preventMenu(event: Event) {
      if (press !== undefined) event.preventDefault();
    }

    element.addEventListener("pointerdown", begin, stop);
    element.addEventListener("pointermove", move, stop);
    element.addEventListener("pointerup", end, stop);
    element.addEventListener("pointercancel", end, stop);
    element.addEventListener("contextmenu", preventMenu, stop);
    return () => {
      stop.abort();
      clearTimeout(press?.timer);
    };
  }, [target]);
}

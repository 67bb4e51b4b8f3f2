"use client";
import { useSyncExternalStore } from "react";

const TICK_MS = 30_000;

let now = Date.now();
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    now = Date.now();
    for (const each of listeners) each();
  }, TICK_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

function read(): number {
  // Older than a tick means that nobody was listening meanwhile.
  if (Date.now() - now > TICK_MS) now = Date.now();
  return now;
}

/** The time, half a minute exact: for "5 minutes ago" and "today". One timer serves all of the page. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, read, () => 0);
}

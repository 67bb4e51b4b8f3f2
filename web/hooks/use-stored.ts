"use client";
import { useCallback, useSyncExternalStore } from "react";
import { readStored, subscribeStored, writeStored } from "../device/storage.ts";

/** A value of localStorage, the same in every component and tab; null while the page is being exported. */
export function useStored(key: string): [string | null, (value: string | null) => void] {
  const value = useSyncExternalStore(
    subscribeStored,
    () => readStored(key),
    () => null,
  );
  const set = useCallback((next: string | null) => writeStored(key, next), [key]);
  return [value, set];
}

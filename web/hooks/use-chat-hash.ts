"use client";
import { useSyncExternalStore } from "react";
import { hashInPath } from "../device/routes.ts";

function subscribe(): () => void {
  return () => undefined;
}

/** The hash in the page's address; null while the page is exported, which knows no address. */
export function useChatHash(): string | undefined | null {
  return useSyncExternalStore(
    subscribe,
    () => hashInPath(location.pathname),
    () => null,
  );
}

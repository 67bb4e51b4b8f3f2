"use client";
import { useEffect } from "react";
import { t } from "../strings/index.ts";

/** Names the tab, with the number of unread messages in front. */
export function useTitleBadge(unread: number, title: string): void {
  useEffect(() => {
    const before = document.title;
    document.title = t.chat.badge(unread, title);
    return () => {
      document.title = before;
    };
  }, [unread, title]);
}

"use client";
import { useCallback, useEffect, useState } from "react";

const SHOWN_MS = 2_500;

/** Copies text, and says for a moment how that went. */
export function useCopy(): ["no" | "yes" | "failed", (text: string) => Promise<void>] {
  const [copied, setCopied] = useState<"no" | "yes" | "failed">("no");

  useEffect(() => {
    if (copied !== "yes") return;
    const timer = setTimeout(() => setCopied("no"), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [copied]);

  const copy = useCallback(async (text: string) => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied("yes");
    } catch {
      // Plain HTTP or a refused permission.
      setCopied("failed");
    }
  }, []);

  return [copied, copy];
}

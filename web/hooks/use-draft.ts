"use client";
import { useState } from "react";
import { readStored, writeStored } from "../device/storage.ts";

function draftKey(hash: string): string {
  return `duet.draft.${hash}`;
}

export function clearDraft(hash: string): void {
  writeStored(draftKey(hash), null);
}

/** What is written and not yet sent, kept on this device per chat. */
export function useDraft(hash: string): [string, (text: string) => void] {
  const [text, setText] = useState(() => readStored(draftKey(hash)) ?? "");
  function set(next: string) {
    setText(next);
    writeStored(draftKey(hash), next === "" ? null : next);
  }
  return [text, set];
}

"use client";
import { useSyncExternalStore } from "react";

/** What the mails' links end in; links within the page, such as to its content, are none. */
const TOKEN = /^#([\w-]+\.[\w-]+\.[\w-]+)$/;

/** From the address, which loses it: it must be in no history, bookmark or screenshot. */
let taken = "";

function tokenInAddress(): string | undefined {
  return TOKEN.exec(location.hash)?.[1];
}

function subscribe(onChange: () => void): () => void {
  function take() {
    const token = tokenInAddress();
    if (token === undefined) return;
    taken = token;
    history.replaceState(null, "", location.pathname);
    onChange();
  }
  take();
  // Another link, opened in the same tab, loads no page.
  addEventListener("hashchange", take);
  return () => removeEventListener("hashchange", take);
}

/** The token in the link that led here: empty when there is none, null while the page is exported. */
export function useMailToken(): string | null {
  return useSyncExternalStore(
    subscribe,
    () => tokenInAddress() ?? taken,
    () => null,
  );
}

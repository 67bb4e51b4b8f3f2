"use client";
import { useCallback, useRef } from "react";
import type { ViewMessage } from "../../client/types.ts";
import { Chime } from "../device/chime.ts";
import { t } from "../strings/index.ts";
import { useStored } from "./use-stored.ts";

const KEY = "duet.notify";
const TEXT_SHOWN = 120;

export interface Notifications {
  on: boolean;
  /** Whether the browser refuses them: only its own settings can change that. */
  blocked: boolean;
  /** Must come from a press: the browser asks for permission, and lets sound play, only then. */
  toggle: () => Promise<void>;
  /** Shows and sounds what came in, when the page is hidden and it is wanted. */
  notify: (messages: readonly ViewMessage[]) => void;
}

export function useNotifications(): Notifications {
  const [stored, store] = useStored(KEY);
  const chime = useRef<Chime>(undefined);
  const on = stored === "on";

  async function toggle() {
    if (on) return store(null);
    chime.current ??= new Chime();
    chime.current.play();
    store("on");
    if (supported() && Notification.permission === "default") await Notification.requestPermission();
  }

  const notify = useCallback(
    (messages: readonly ViewMessage[]) => {
      if (!on || document.visibilityState === "visible") return;
      chime.current ??= new Chime();
      chime.current.play();
      const last = messages.at(-1);
      if (last !== undefined) show(last);
    },
    [on],
  );

  return { on, blocked: supported() && Notification.permission === "denied", toggle, notify };
}

function supported(): boolean {
  return "Notification" in globalThis;
}

function show({ sender, body }: ViewMessage): void {
  if (!supported() || Notification.permission !== "granted") return;
  try {
    // One at a time per person: the newest replaces the one before.
    const notification = new Notification(t.notification.title(sender), {
      body: body.slice(0, TEXT_SHOWN),
      tag: `duet.${sender}`,
      icon: "/icon.svg",
    });
    notification.addEventListener("click", () => {
      window.focus();
      notification.close();
    });
  } catch {
    // Chrome on Android has the constructor but allows it to service workers only. The sound has played.
  }
}

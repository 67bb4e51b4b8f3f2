"use client";
import { parseTheme, THEME_KEY, type Theme } from "../device/theme.ts";
import { useStored } from "./use-stored.ts";

export function useTheme(): [Theme, (theme: Theme) => void] {
  const [stored, store] = useStored(THEME_KEY);
  function set(theme: Theme) {
    store(theme === "system" ? null : theme);
    document.documentElement.dataset.theme = theme;
  }
  return [parseTheme(stored), set];
}

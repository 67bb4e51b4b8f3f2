"use client";
import { useId } from "react";
import { THEMES } from "../../device/theme.ts";
import { useTheme } from "../../hooks/use-theme.ts";
import { t } from "../../strings/index.ts";

/** Three radio buttons that look like one switch. */
export function ThemeChoice() {
  const [theme, setTheme] = useTheme();
  const name = useId();
  return (
    <fieldset className="flex rounded-full border border-line bg-surface p-1">
      <legend className="sr-only">{t.site.theme}</legend>
      {THEMES.map((choice) => (
        <label
          key={choice}
          className="relative inline-flex min-h-9 cursor-pointer items-center rounded-full px-3 text-sm font-medium text-muted hover:text-ink has-checked:bg-both has-checked:text-on-both has-focus-visible:outline-3 has-focus-visible:outline-offset-2 has-focus-visible:outline-both"
        >
          <input
            type="radio"
            name={name}
            value={choice}
            checked={theme === choice}
            onChange={() => setTheme(choice)}
            className="absolute inset-0 cursor-pointer appearance-none rounded-full outline-none"
          />
          {t.site.themes[choice]}
        </label>
      ))}
    </fieldset>
  );
}

/** Light, dark or as the system says: kept on this device and set before the first paint. */
export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

export const THEME_KEY = "duet.theme";

/**
 * Runs inline in <head>. It must stay free of quotes, ampersands and angle brackets: React escapes the text of a
 * script element, and the CSP build step hashes exactly what is in the page.
 */
export const THEME_SCRIPT = `try{document.documentElement.dataset.theme=localStorage.getItem(\`${THEME_KEY}\`)||\`system\`}catch{}`;

export function parseTheme(text: string | null): Theme {
  return THEMES.find((theme) => theme === text) ?? "system";
}

/** What a session was made with, in a few words that its owner recognises. */
const BROWSERS = { Edg: "Edge", OPR: "Opera", Firefox: "Firefox", Chrome: "Chrome", Safari: "Safari" };
const SYSTEMS = {
  Android: "Android",
  iPhone: "iPhone",
  iPad: "iPad",
  Windows: "Windows",
  "Mac OS X": "macOS",
  Linux: "Linux",
};

/**
 * @param userAgent - as the client sent it
 * @returns such as "Firefox on Linux", or a program's name such as "curl"
 */
export function deviceLabel(userAgent = ""): string {
  const browser = find(BROWSERS, userAgent);
  const system = find(SYSTEMS, userAgent);
  if (browser !== undefined) return system === undefined ? browser : `${browser} on ${system}`;
  const [program] = /^[\w.-]{1,32}/.exec(userAgent) ?? [];
  return program ?? "Unknown";
}

function find(names: Record<string, string>, text: string): string | undefined {
  return Object.entries(names).find(([mark]) => text.includes(mark))?.[1];
}

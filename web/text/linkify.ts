/** Finds the web addresses in a message. What comes out is data for React to render: there is never any HTML. */
export type TextPart = { kind: "text"; text: string } | { kind: "link"; text: string; href: string };

// Everything up to white space or a character that no address has; what only closes a sentence is cut off below.
const CANDIDATE = /\b(?:https?:\/\/|www\.)[^\s<>"“”«»]+/giu;
const CLOSING = /[.,:;!?'’)\]}*_~]$/u;

/** Splits a message into text and links. Only http and https ever become links, whatever else an address says. */
export function linkify(body: string): TextPart[] {
  const parts: TextPart[] = [];
  let end = 0;
  for (const match of body.matchAll(CANDIDATE)) {
    const text = withoutClosing(match[0]);
    const href = toHref(text);
    if (href === undefined) continue;
    if (match.index > end) parts.push({ kind: "text", text: body.slice(end, match.index) });
    parts.push({ kind: "link", text, href });
    end = match.index + text.length;
  }
  if (end < body.length) parts.push({ kind: "text", text: body.slice(end) });
  return parts;
}

/** "(see https://a.example/b)." links to …/b, while https://a.example/b_(c) keeps its bracket. */
function withoutClosing(text: string): string {
  let kept = text;
  while (CLOSING.test(kept) && !(kept.endsWith(")") && isBalanced(kept))) kept = kept.slice(0, -1);
  return kept;
}

function isBalanced(text: string): boolean {
  return text.split("(").length === text.split(")").length;
}

function toHref(text: string): string | undefined {
  const url = URL.parse(/^www\./i.test(text) ? `https://${text}` : text);
  if (url === null || !url.hostname.includes(".")) return url?.hostname === "localhost" ? url.href : undefined;
  return url.protocol === "https:" || url.protocol === "http:" ? url.href : undefined;
}

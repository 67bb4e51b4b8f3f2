import { linkify } from "../../text/linkify.ts";

/** A message's words with its web addresses to click. React puts text in as text: nothing in it is ever markup. */
export function MessageText({ body, mine }: { body: string; mine: boolean }) {
  return linkify(body).map((part, index) =>
    part.kind === "text" ? (
      part.text
    ) : (
      <a
        // oxlint-disable-next-line react/no-array-index-key -- the parts of a text have no other identity
        key={index}
        href={part.href}
        target="_blank"
        rel="noopener noreferrer"
        className={`underline underline-offset-2 hover:no-underline ${mine ? "focus-visible:outline-white" : ""}`}
      >
        <bdi>{part.text}</bdi>
      </a>
    ),
  );
}

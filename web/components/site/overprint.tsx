/** How far two people have come: `apart` before there is a chat, `together` in one, the others when it went wrong. */
export type Closeness = "apart" | "near" | "together" | "missing" | "over";

const DISTANCE: Record<Closeness, string> = {
  apart: "[--gap:0%]",
  near: "[--gap:14%]",
  together: "[--gap:27%]",
  missing: "[--gap:18%]",
  over: "[--gap:-14%]",
};

interface OverprintProps {
  closeness: Closeness;
  /** A letter for each disc. */
  initials?: readonly [string, string];
  className?: string;
}

/** The sign of Duet: two discs of ink that print over each other. Decoration, and hidden from screen readers. */
export function Overprint({ closeness, initials = ["", ""], className = "h-40" }: OverprintProps) {
  const second = closeness === "missing" ? "border-4 border-dashed border-line-strong" : "bg-(--disc-teal)";
  return (
    <div aria-hidden="true" className={`isolate flex justify-center ${DISTANCE[closeness]} ${className}`}>
      <Disc initial={initials[0]} letter="-translate-x-(--gap)" className="translate-x-(--gap) bg-(--disc-rose)" />
      <Disc
        initial={initials[1]}
        letter="translate-x-(--gap)"
        className={`-translate-x-(--gap) ${second} ${closeness === "over" ? "opacity-50" : ""}`}
      />
    </div>
  );
}

/** `letter` keeps the initial clear of the overlap. */
function Disc({ initial, letter, className }: { initial: string; letter: string; className: string }) {
  return (
    <div
      className={`blend-overprint aspect-square h-full rounded-full text-white transition-transform duration-500 ease-out ${className}`}
    >
      <span
        className={`display grid size-full place-items-center text-5xl transition-transform duration-500 ease-out ${letter}`}
      >
        {initial}
      </span>
    </div>
  );
}

/** The first letter as a reader sees it, flags and joined emoji included. */
export function initialOf(name: string): string {
  const [first] = new Intl.Segmenter().segment(name.trim());
  return first?.segment.toLocaleUpperCase() ?? "";
}

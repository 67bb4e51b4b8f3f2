interface IsolatedProps {
  /** A sentence with a name in it. */
  text: (name: string) => string;
  name: string;
}

// A private-use character no name can contain (protocol/fields.ts refuses category Co).
const PLACE = "\uE000";

/** A sentence whose name keeps its own direction: an Arabic name can't turn the English around it, nor the reverse. */
export function Isolated({ text, name }: IsolatedProps) {
  const [before, ...after] = text(PLACE).split(PLACE);
  return (
    <span>
      {before}
      {after.map((part, index) => (
        // oxlint-disable-next-line react/no-array-index-key -- the parts of a fixed sentence never move
        <span key={index}>
          <bdi>{name}</bdi>
          {part}
        </span>
      ))}
    </span>
  );
}

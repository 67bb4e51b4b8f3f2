/** JSON, indented. It scrolls sideways by itself, and can be reached by keyboard to do so. */
export function CodeBlock({ value }: { value: unknown }) {
  return (
    <pre
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrollable area must be reachable
      tabIndex={0}
      className="overflow-x-auto rounded-xl bg-sunken p-3 font-mono text-xs leading-5"
    >
      {typeof value === "string" ? value : JSON.stringify(value, null, 2)}
    </pre>
  );
}

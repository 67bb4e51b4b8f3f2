/** The mark and the word. */
export function Logo({ className = "" }: { className?: string }) {
  return (
    <span className={`inline-flex items-center gap-2 ${className}`}>
      <svg viewBox="0 0 36 24" aria-hidden="true" className="isolate h-6 w-9">
        <circle cx="12.5" cy="12" r="11" className="blend-overprint fill-(--disc-rose)" />
        <circle cx="23.5" cy="12" r="11" className="blend-overprint fill-(--disc-teal)" />
      </svg>
      <span className="display text-xl">Duet</span>
    </span>
  );
}

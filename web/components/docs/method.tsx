/** GET in one ink, what changes something in the other. */
export function Method({ method }: { method: string }) {
  return (
    <span
      className={`w-14 shrink-0 rounded-md py-0.5 text-center font-mono text-xs font-bold ${method === "GET" ? "bg-teal-tint text-teal" : "bg-rose-tint text-rose"}`}
    >
      {method}
    </span>
  );
}

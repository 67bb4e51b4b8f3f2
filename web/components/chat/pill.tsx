import type { ReactNode } from "react";

interface PillProps {
  children: ReactNode;
  className?: string;
  /** Over the messages instead of between them. */
  floating?: boolean;
}

/** A small centred label: a day, or that something loads. */
export function Pill({ children, className = "", floating = false }: PillProps) {
  return (
    <span className={`flex justify-center ${className}`}>
      <span
        className={`rounded-full px-3 py-1 text-xs font-medium text-muted ${floating ? "bg-raised shadow-lift" : "bg-sunken"}`}
      >
        {children}
      </span>
    </span>
  );
}

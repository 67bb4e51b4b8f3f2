"use client";
import { useEffect, useState } from "react";

/** True once `condition` has held for `ms`; false as soon as it doesn't. */
export function useDelayed(condition: boolean, ms: number): boolean {
  const [held, setHeld] = useState(false);
  useEffect(() => {
    if (!condition) return;
    const timer = setTimeout(() => setHeld(true), ms);
    return () => {
      clearTimeout(timer);
      setHeld(false);
    };
  }, [condition, ms]);
  return held;
}

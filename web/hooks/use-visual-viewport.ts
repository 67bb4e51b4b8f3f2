"use client";
import { useEffect, useRef, type RefObject } from "react";

/**
 * Keeps an element exactly over the part of the page one can see. Safari lays its keyboard over the page instead of
 * shrinking it, and would push a composer at the bottom out of sight.
 *
 * @returns the ref to give to the element
 */
export function useVisualViewport(): RefObject<HTMLElement | null> {
  const element = useRef<HTMLElement>(null);

  useEffect(() => {
    const viewport = window.visualViewport;
    if (viewport === null) return;

    function fit() {
      if (viewport === null || element.current === null) return;
      // Zoomed in, the visible part is smaller on purpose.
      const covered = viewport.scale === 1 && viewport.height < window.innerHeight - 1;
      element.current.style.height = covered ? `${viewport.height}px` : "";
      element.current.style.translate = covered ? `0 ${viewport.offsetTop}px` : "";
    }

    viewport.addEventListener("resize", fit);
    viewport.addEventListener("scroll", fit);
    fit();
    return () => {
      viewport.removeEventListener("resize", fit);
      viewport.removeEventListener("scroll", fit);
    };
  }, []);

  return element;
}

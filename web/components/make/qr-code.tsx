"use client";
import { encode } from "uqr";
import { t } from "../../strings/index.ts";

/** Always dark on white with a quiet zone of four modules: some scanners can't read it otherwise. */
export default function QrCode({ text }: { text: string }) {
  const { size, data } = encode(text, { ecc: "M", border: 4 });
  const path = data.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ""))).join("");
  return (
    <figure className="mx-auto mt-4 w-56 overflow-hidden rounded-2xl border border-line bg-white">
      <svg viewBox={`0 0 ${size} ${size}`} shapeRendering="crispEdges" aria-hidden="true">
        <path d={path} fill="#17152e" />
      </svg>
      <figcaption className="sr-only">{t.share.code}</figcaption>
    </figure>
  );
}

import type { ReactNode } from "react";
import { enArticle } from "../../strings/en-article.ts";

const text = enArticle.diagram;

/**
 * The way of one message. The numbers are those of the steps below it, which say the same in words: a screen reader
 * gets those. Drawn for the width of a phone, so that its letters are readable there.
 */
export function MessagePath() {
  return (
    <figure className="rounded-3xl border border-line bg-surface p-3 sm:p-6">
      <svg viewBox="0 0 340 470" aria-hidden="true" className="mx-auto w-full max-w-md">
        <defs>
          <marker
            id="tip"
            viewBox="0 0 8 8"
            refX="7"
            refY="4"
            markerWidth="7"
            markerHeight="7"
            orient="auto-start-reverse"
          >
            <path d="M1 1 7 4 1 7" fill="none" className="stroke-ink" strokeWidth="1.5" />
          </marker>
        </defs>

        <Person x={62} name={text.people[0]} ink="fill-(--disc-rose)" />
        <Person x={278} name={text.people[1]} ink="fill-(--disc-teal)" />

        <Way d="M62 98 V150" />
        <Way d="M62 206 V256" />
        <Way d="M278 256 V206" />
        <Way d="M278 150 V98" />
        <Way d="M108 378 V408" later />
        <Way d="M232 378 V408" later />

        <Box x={12} y={154} width={316} height={50} title={text.worker} note={text.workerNote} />
        <Box x={12} y={260} width={316} height={116} title={text.conversation} note={text.conversationNote} />
        <Log />
        <Box x={12} y={412} width={150} height={50} title={text.archive} note={text.archiveNote} />
        <Box x={178} y={412} width={150} height={50} title={text.mirror} note={text.mirrorNote} />
        <text x="170" y="398" textAnchor="middle" className="fill-muted text-[11px] italic">
          {text.later}
        </text>

        <Step x={26} y={30} number={1} />
        <Step x={84} y={124} number={2} />
        <Step x={32} y={338} number={3} />
        <Step x={256} y={124} number={4} />
        <Step x={84} y={394} number={5} />
        <Step x={256} y={394} number={6} />
      </svg>
      <figcaption className="mt-2 text-center text-sm text-muted">{text.caption}</figcaption>
    </figure>
  );
}

function Person({ x, name, ink }: { x: number; name: string; ink: string }) {
  return (
    <>
      <circle cx={x} cy="50" r="42" className={ink} />
      <text x={x} y="55" textAnchor="middle" className="fill-white text-[15px] font-bold">
        {name}
      </text>
    </>
  );
}

function Way({ d, later = false }: { d: string; later?: boolean }) {
  return (
    <path
      d={d}
      fill="none"
      className="stroke-ink"
      strokeWidth="2"
      strokeDasharray={later ? "4 4" : undefined}
      markerEnd="url(#tip)"
    />
  );
}

interface BoxProps {
  x: number;
  y: number;
  width: number;
  height: number;
  title: string;
  note: string;
}

function Box({ x, y, width, height, title, note }: BoxProps) {
  return (
    <>
      <rect x={x} y={y} width={width} height={height} rx="14" className="fill-sunken stroke-line-strong" />
      <text x={x + width / 2} y={y + 22} textAnchor="middle" className="fill-ink text-[14px] font-bold">
        {title}
      </text>
      <text x={x + width / 2} y={y + 39} textAnchor="middle" className="fill-muted text-[12px]">
        {note}
      </text>
    </>
  );
}

/** The numbered log inside the object, its newest entry in the colour of two inks over each other. */
function Log(): ReactNode {
  return [1, 2, 3, 4, 5, 6].map((seq, index) => (
    <g key={seq}>
      <rect
        x={54 + index * 40}
        y="318"
        width="34"
        height="40"
        rx="8"
        className={seq === 6 ? "fill-both" : "fill-surface stroke-line-strong"}
      />
      <text
        x={71 + index * 40}
        y="343"
        textAnchor="middle"
        className={`text-[14px] font-bold ${seq === 6 ? "fill-on-both" : "fill-muted"}`}
      >
        {seq}
      </text>
    </g>
  ));
}

function Step({ x, y, number }: { x: number; y: number; number: number }) {
  return (
    <>
      <circle cx={x} cy={y} r="11" className="fill-both stroke-surface" strokeWidth="2" />
      <text x={x} y={y + 4.5} textAnchor="middle" className="fill-on-both text-[12px] font-bold">
        {number}
      </text>
    </>
  );
}

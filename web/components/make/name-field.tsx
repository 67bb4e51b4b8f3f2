"use client";
import { useEffect, useId, useRef } from "react";

interface NameFieldProps {
  label: string;
  example: string;
  ink: "rose" | "teal";
  value: string;
  onChange: (value: string) => void;
  problem: string | undefined;
}

const INKS = { rose: "bg-(--disc-rose)", teal: "bg-(--disc-teal)" };

export function NameField({ label, example, ink, value, onChange, problem }: NameFieldProps) {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);

  useEffect(() => {
    if (problem !== undefined) input.current?.focus();
  }, [problem]);

  return (
    <div>
      <label htmlFor={id} className="mb-1.5 flex items-center gap-2 text-sm font-semibold">
        <span className={`size-2.5 rounded-full ${INKS[ink]}`} />
        {label}
      </label>
      <input
        ref={input}
        id={id}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        placeholder={example}
        dir="auto"
        autoComplete="off"
        autoCapitalize="words"
        spellCheck={false}
        enterKeyHint={ink === "rose" ? "next" : "go"}
        aria-invalid={problem !== undefined}
        aria-describedby={problem === undefined ? undefined : `${id}-problem`}
        className="field h-13 w-full px-4 placeholder:text-muted/80 aria-invalid:border-danger"
      />
      {problem !== undefined && (
        <p id={`${id}-problem`} role="alert" className="mt-1.5 text-sm text-danger">
          {problem}
        </p>
      )}
    </div>
  );
}

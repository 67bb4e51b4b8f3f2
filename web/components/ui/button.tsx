import type { ButtonHTMLAttributes } from "react";

const BASE =
  "inline-flex min-h-12 items-center justify-center gap-2 rounded-full px-[var(--pad,1.5rem)] text-base font-semibold transition " +
  "active:scale-[0.98] disabled:opacity-60 disabled:active:scale-100";

const LOOKS = {
  primary: "bg-both text-on-both hover:opacity-90",
  quiet: "border border-line-strong text-ink hover:bg-sunken",
  rose: "bg-rose-fill text-white hover:brightness-110",
  teal: "bg-teal-fill text-white hover:brightness-110",
  danger: "bg-danger text-paper hover:opacity-90",
} as const;

export type ButtonLook = keyof typeof LOOKS;

/** The classes of a button, for links that look like one. */
export function buttonClass(look: ButtonLook, more = ""): string {
  return `${BASE} ${LOOKS[look]} ${more}`;
}

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  look?: ButtonLook;
}

export function Button({ look = "primary", type = "button", className, ...rest }: ButtonProps) {
  // oxlint-disable-next-line react/button-has-type -- it has: "button" unless the caller says "submit"
  return <button type={type} className={buttonClass(look, className)} {...rest} />;
}

const ICON_BUTTON =
  "inline-grid size-11 shrink-0 place-items-center rounded-full text-muted transition hover:bg-sunken hover:text-ink " +
  "disabled:opacity-50";

interface IconButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  label: string;
}

/** A round button with an icon only; `label` is its name and its tooltip. */
export function IconButton({ label, className = "", children, ...rest }: IconButtonProps) {
  return (
    <button type="button" aria-label={label} title={label} className={`${ICON_BUTTON} ${className}`} {...rest}>
      {children}
    </button>
  );
}

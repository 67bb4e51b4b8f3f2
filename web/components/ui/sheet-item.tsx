import { Icon, type IconName } from "./icon.tsx";

interface SheetItemProps {
  icon: IconName;
  label: string;
  onPress: () => void;
  danger?: boolean;
  /** Makes it a switch that is on or off. */
  checked?: boolean;
  disabled?: boolean;
}

/** One line of a sheet. */
export function SheetItem({ icon, label, onPress, danger = false, checked, disabled = false }: SheetItemProps) {
  return (
    <button
      type="button"
      role={checked === undefined ? undefined : "switch"}
      aria-checked={checked}
      disabled={disabled}
      onClick={onPress}
      className={`flex min-h-12 w-full items-center gap-3 rounded-xl px-3 text-left -outline-offset-3 hover:bg-sunken disabled:opacity-60 sm:min-h-11 ${danger ? "text-danger" : ""}`}
    >
      <Icon name={icon} />
      <span className="grow">{label}</span>
      {checked !== undefined && <Switch on={checked} />}
    </button>
  );
}

function Switch({ on }: { on: boolean }) {
  return (
    <span
      className={`flex h-6 w-10 items-center rounded-full border-2 border-current p-0.5 ${on ? "justify-end bg-both text-both" : "text-line-strong"}`}
    >
      <span className={`size-4 rounded-full ${on ? "bg-on-both" : "bg-current"}`} />
    </span>
  );
}

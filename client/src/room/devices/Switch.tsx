// A setting that is on or off, with a line that says what it does or why it cannot be changed.

interface SwitchProps {
  readonly part: string;
  readonly label: string;
  readonly hint?: string;
  readonly isOn: boolean;
  /** It says how things are, and cannot be changed. */
  readonly isFixed?: boolean;
  readonly onChange: (on: boolean) => void;
}

export function Switch({ part, label, hint, isOn, isFixed = false, onChange }: SwitchProps) {
  return (
    <label class="settings-switch">
      <input
        type="checkbox"
        data-part={part}
        checked={isOn}
        disabled={isFixed}
        onChange={({ currentTarget }) => onChange(currentTarget.checked)}
      />
      <span>
        {label}
        {hint !== undefined && <small>{hint}</small>}
      </span>
    </label>
  );
}

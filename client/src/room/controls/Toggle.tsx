// The button of a microphone or camera: green while it is on, red while it is off, and the words say so, too (R12).

import type { IconNode } from 'lucide';
import './Controls.css';
import { Icon } from '../../ui/Icon';

interface ToggleProps {
  readonly part: string;
  readonly label: string;
  readonly title: string;
  readonly isOn: boolean;
  readonly icons: readonly [IconNode, IconNode];
  readonly isDisabled?: boolean;
  readonly onClick: () => void;
}

export function Toggle({ part, label, title, isOn, icons, isDisabled = false, onClick }: ToggleProps) {
  return (
    <button
      type="button"
      class={isOn ? 'control on' : 'control off'}
      data-part={part}
      aria-pressed={isOn}
      aria-label={label}
      title={title}
      disabled={isDisabled}
      onClick={onClick}
    >
      <Icon of={isOn ? icons[0] : icons[1]} />
    </button>
  );
}

// A button that makes a file, which may take a moment, and says so where it fails.

import type { IconNode } from 'lucide';
import { useState } from 'preact/hooks';
import './SaveButton.css';
import { t } from '../../i18n/lazy-words';
import { Icon } from '../../ui/Icon';

interface SaveButtonProps {
  readonly icon: IconNode;
  readonly label: string;
  readonly part: string;
  readonly isMain?: boolean;
  /** Make the file and save it. */
  readonly onSave: () => Promise<void>;
}

export function SaveButton({ icon, label, part, isMain = false, onSave }: SaveButtonProps) {
  const [stand, setStand] = useState<'ready' | 'busy' | 'failed'>('ready');
  const save = () => {
    if (stand === 'busy') return;
    setStand('busy');
    onSave().then(
      () => setStand('ready'),
      () => setStand('failed'),
    );
  };
  return (
    <>
      <button
        type="button"
        class={isMain ? 'button primary' : 'button'}
        data-part={part}
        aria-busy={stand === 'busy'}
        onClick={save}
      >
        <Icon of={icon} />
        <span>{label}</span>
      </button>
      <output class="save-failed">{stand === 'failed' && t('home.failed')}</output>
    </>
  );
}

// The list of keys, and the switch that turns them off (WCAG 2.1.4).

import { useLayoutEffect, useState } from 'preact/hooks';
import './Shortcuts.css';
import { t } from '../../i18n/lazy-words';
import { ClosableDialog } from '../../ui/ClosableDialog';
import { isHelpOpen } from '../store/room-store';
import { areShortcutsOn, hasShortcut, SHORTCUTS, switchShortcuts } from '../store/shortcut-keys';

export function Shortcuts() {
  const [before] = useState(document.activeElement);
  useLayoutEffect(
    () => () => {
      // The browser gave the focus back a frame ago, when it closed the dialog. A focus that moved since stays.
      const at = document.activeElement;
      const hasMoved = at !== document.body && !at?.closest('[data-part=shortcuts]');
      if (!hasMoved && before instanceof HTMLElement) before.focus();
    },
    [before],
  );
  return (
    <ClosableDialog
      part="shortcuts"
      class="shortcuts"
      title={t('shortcut.title')}
      closing={t('shortcut.close')}
      hasCross
      onClose={close}
    >
      {() => (
        <>
          <dl class={areShortcutsOn.value ? undefined : 'is-off'}>
            {SHORTCUTS.filter(({ name }) => hasShortcut(name)).map(({ name, letter }) => (
              <div key={name} class="shortcut">
                <dt>{t(`shortcut.${name}`)}</dt>
                <dd>
                  <kbd>{letter === ' ' ? t('shortcut.space') : letter.toUpperCase()}</kbd>
                </dd>
              </div>
            ))}
          </dl>
          <label class="shortcuts-switch">
            <input
              type="checkbox"
              checked={areShortcutsOn.value}
              onChange={({ currentTarget }) => switchShortcuts(currentTarget.checked)}
            />
            {t('shortcut.on')}
          </label>
        </>
      )}
    </ClosableDialog>
  );
}

function close(): void {
  isHelpOpen.value = false;
}

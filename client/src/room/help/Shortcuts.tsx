// The list of keys, and the switch that turns them off (WCAG 2.1.4).

import { X } from 'lucide';
import { useLayoutEffect, useRef } from 'preact/hooks';
import './Shortcuts.css';
import { t } from '../../i18n/lazy-words';
import { Icon } from '../../ui/Icon';
import { LiveRegion } from '../../ui/LiveRegion';
import { closeModal, useModal } from '../../ui/modal';
import { isHelpOpen } from '../store/room-store';
import { areShortcutsOn, hasShortcut, SHORTCUTS, switchShortcuts } from '../store/shortcut-keys';

export function Shortcuts() {
  const box = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const before = document.activeElement;
    const dialog = box.current;
    return () => {
      // The browser gave the focus back a frame ago, when it closed the dialog. A focus that moved since stays.
      const at = document.activeElement;
      const hasMoved = at !== document.body && !dialog?.contains(at);
      if (!hasMoved && before instanceof HTMLElement) before.focus();
    };
  }, []);
  useModal(box, close);
  return (
    <dialog
      ref={box}
      class="dialog shortcuts"
      aria-labelledby="shortcuts-title"
      data-part="shortcuts"
      onCancel={close}
      onClose={close}
    >
      <h2 id="shortcuts-title">{t('shortcut.title')}</h2>
      <button
        type="button"
        class="panel-close"
        aria-label={t('shortcut.close')}
        title={t('shortcut.close')}
        onClick={() => closeModal(box, close)}
      >
        <Icon of={X} />
      </button>
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
      <LiveRegion />
    </dialog>
  );
}

function close(): void {
  isHelpOpen.value = false;
}

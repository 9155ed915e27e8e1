// Everything one needs less often than the row: a button, and behind it a menu.

import { signal } from '@preact/signals';
import { Ellipsis } from 'lucide';
import { createRef } from 'preact';
import { useLayoutEffect } from 'preact/hooks';
import './MoreMenu.css';
import { t } from '../../i18n';
import { Icon } from '../../ui/Icon';
import { makeLazy } from '../../ui/lazy';
import { Popup } from '../../ui/Popup';

const PART = 'more-menu';
const isOpen = signal(false);
const button = createRef<HTMLButtonElement>();

function keepInMenu(): void {
  const box = document.getElementById(PART);
  if (box?.contains(document.activeElement)) box.focus();
}

/** Its content, fetched after the first picture. */
export const menu = makeLazy(
  () => import('./Menu').then(({ Menu }) => Menu),
  ({ hasFailed, onRetry }) => {
    // The focus stays in the menu when its content comes: one that goes elsewhere closes it.
    useLayoutEffect(() => keepInMenu, []);
    return hasFailed ? (
      <button type="button" class="button" onClick={onRetry}>
        {t('notice.retry')}
      </button>
    ) : null;
  },
);

/** Close it; what was chosen begins with the focus where it came from. */
export function closeMenu(): void {
  button.current?.focus();
  isOpen.value = false;
}

export function MoreMenu() {
  return (
    <div class="more">
      <button
        ref={button}
        type="button"
        class="control plain"
        data-part="more"
        aria-haspopup="dialog"
        aria-expanded={isOpen.value}
        aria-controls={isOpen.value ? PART : undefined}
        aria-label={t('control.more')}
        title={t('control.more')}
        onClick={() => {
          isOpen.value = !isOpen.value;
        }}
      >
        <Icon of={Ellipsis} />
      </button>
      {isOpen.value && (
        <Popup
          label={t('control.more')}
          part={PART}
          opener={() => button.current}
          onClose={() => {
            isOpen.value = false;
          }}
        >
          <menu.View />
        </Popup>
      )}
    </div>
  );
}

// Everything one needs less often than the row: a button, and behind it a menu.

import { signal } from '@preact/signals';
import { Ellipsis } from 'lucide';
import { createRef } from 'preact';
import './MoreMenu.css';
import { t } from '../../i18n';
import { Icon } from '../../platform/icon';
import { makeLazy } from '../lazy';
import { Popup } from '../Popup';

const isOpen = signal(false);
const button = createRef<HTMLButtonElement>();

/** Its content, fetched after the first picture. */
export const menu = makeLazy(
  () => import('./Menu').then(({ Menu }) => Menu),
  ({ hasFailed, onRetry }) =>
    hasFailed ? (
      <button type="button" class="button" onClick={onRetry}>
        {t('notice.retry')}
      </button>
    ) : null,
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
        aria-controls={isOpen.value ? 'more-menu' : undefined}
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
          part="more-menu"
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

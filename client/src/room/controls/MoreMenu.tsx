// The button of the menu, which holds everything that is needed less often than the row.

import { Ellipsis } from 'lucide';
import { useLayoutEffect } from 'preact/hooks';
import './MoreMenu.css';
import { t } from '../../i18n';
import { Icon } from '../../ui/Icon';
import { makeLazy } from '../../ui/lazy';
import { Popup } from '../../ui/Popup';
import { later } from '../store/later-parts';
import { isMenuOpen, menuButton } from './menu-entries';

const PART = 'more-menu';

function keepInMenu(): void {
  const box = document.getElementById(PART);
  if (box?.contains(document.activeElement)) box.focus();
}

/** Its content, fetched after the first picture. */
export const menu = makeLazy(
  () => later('Menu'),
  ({ hasFailed, onRetry }) => {
    // Keep the focus in the menu when its content comes: a focus that goes elsewhere closes the menu.
    useLayoutEffect(() => keepInMenu, []);
    return hasFailed ? (
      <button type="button" class="button" onClick={onRetry}>
        {t('notice.retry')}
      </button>
    ) : null;
  },
);

export function MoreMenu() {
  return (
    <div class="more">
      <button
        ref={menuButton}
        type="button"
        class="control plain"
        data-part="more"
        aria-haspopup="dialog"
        aria-expanded={isMenuOpen.value}
        aria-controls={isMenuOpen.value ? PART : undefined}
        aria-label={t('control.more')}
        title={t('control.more')}
        onClick={() => {
          isMenuOpen.value = !isMenuOpen.value;
        }}
      >
        <Icon of={Ellipsis} />
      </button>
      {isMenuOpen.value && (
        <Popup
          label={t('control.more')}
          part={PART}
          opener={() => menuButton.current}
          onClose={() => {
            isMenuOpen.value = false;
          }}
        >
          <menu.View />
        </Popup>
      )}
    </div>
  );
}

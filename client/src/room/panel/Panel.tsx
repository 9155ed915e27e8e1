// The side panel: the session's details, the chat and the lesson's tools. The picture keeps at least half of the page.

import { signal } from '@preact/signals';
import { X } from 'lucide';
import './Details.css';
import './Panel.css';
import { t } from '../../i18n';
import { isShown } from '../../theme/apply-theme';
import { Icon } from '../../ui/Icon';
import { makeLazy } from '../../ui/lazy';
import { chat } from '../chat/LazyChat';
import { later } from '../store/later-parts';
import { hasTabs, isPanelOpen, openPanel } from '../store/panel-state';

/** Closed at first, so that the chat has the space. */
const isOpen = signal(false);

/** What is in the details; loaded after the first picture. */
export const detailsList = makeLazy(
  () => later('Details'),
  () => null,
);

export function Panel() {
  if (!isPanelOpen.value) return null;
  return (
    <aside class="panel" aria-label={t('panel.title')}>
      <button
        type="button"
        class="panel-close"
        aria-label={t('panel.close')}
        title={t('panel.close')}
        onClick={() => openPanel(false)}
      >
        <Icon of={X} />
      </button>
      <div class="panel-parts">
        {isShown('details') && (
          <details
            class="details"
            data-part="details"
            open={isOpen.value}
            onToggle={({ currentTarget }) => {
              isOpen.value = currentTarget.open;
            }}
          >
            <summary>
              <h2>{t('panel.details')}</h2>
            </summary>
            <detailsList.View />
          </details>
        )}
        {hasTabs() && <chat.View />}
      </div>
    </aside>
  );
}

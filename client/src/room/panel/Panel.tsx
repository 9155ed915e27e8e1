// The side panel: the chat, and above it what this lesson is. The picture keeps at least half of the page beside it.

import { signal } from '@preact/signals';
import { X } from 'lucide';
import './Panel.css';
import { t } from '../../i18n';
import { Icon } from '../../platform/icon';
import { chat } from '../chat/LazyChat';
import { isShown } from '../look';
import { Details } from './Details';

/** Wide enough for the panel to stand beside the stage and not on it. */
const wide = matchMedia('(min-width: 56.01rem)');

/** Tell whether there is anything in it: a platform may show neither. */
export function hasPanel(): boolean {
  return isShown('chat') || isShown('details');
}

export const isPanelOpen = signal(wide.matches && hasPanel());

// A window that shrinks, or a page that is zoomed, keeps the other's picture; who is writing goes on writing.
wide.addEventListener('change', () => {
  if (!document.activeElement?.closest('.panel')) openPanel(wide.matches);
});

export function openPanel(open: boolean): void {
  isPanelOpen.value = open && hasPanel();
}

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
        {isShown('details') && <Details />}
        {isShown('chat') && <chat.View />}
      </div>
    </aside>
  );
}

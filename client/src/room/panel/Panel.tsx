// The side panel: the session's details and the chat. The picture keeps at least half of the page.

import { X } from 'lucide';
import './Panel.css';
import { t } from '../../i18n';
import { isShown } from '../../theme/apply-theme';
import { Icon } from '../../ui/Icon';
import { chat } from '../chat/LazyChat';
import { isPanelOpen, openPanel } from '../store/panel-state';
import { Details } from './Details';

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

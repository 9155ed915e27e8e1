// The chat and the tabs of the tools, fetched after the first picture. What was kept of it comes with it.

import { t } from '../../i18n';
import { makeLazy } from '../../ui/lazy';
import { later } from '../store/later-parts';

export const chat = makeLazy(
  async () => {
    const [PanelTabs, keepChat] = [await later('PanelTabs'), await later('keepChat')];
    keepChat();
    return PanelTabs;
  },
  ({ hasFailed, onRetry }) => (
    <section class="chat-place" aria-busy={!hasFailed}>
      {hasFailed && (
        <>
          <p>{t('chat.failed')}</p>
          <button type="button" class="button" onClick={onRetry}>
            {t('notice.retry')}
          </button>
        </>
      )}
    </section>
  ),
);

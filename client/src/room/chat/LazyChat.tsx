// The chat, fetched after the first picture. What was kept of it comes with it.

import { t } from '../../i18n';
import { makeLazy } from '../../ui/lazy';
import { later } from '../store/later-parts';

export const chat = makeLazy(
  async () => {
    const [Chat, keepChat] = [await later('Chat'), await later('keepChat')];
    keepChat();
    return Chat;
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

// The chat, fetched after the first picture. What was kept of it comes with it.

import { t } from '../../i18n';
import { makeLazy } from '../../ui/lazy';

export const chat = makeLazy(
  () =>
    import('./Chat').then(({ Chat, keepChat }) => {
      keepChat();
      return Chat;
    }),
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

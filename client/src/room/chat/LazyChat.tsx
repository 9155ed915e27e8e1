// The chat comes after the first picture: until it is there its place is kept, and when it cannot be had one may
// ask again.

import { signal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { t } from '../../i18n';

const loaded = signal<ComponentType | 'loading' | 'failed' | null>(null);

/** Fetch the chat; a second call while it is on its way, or there, does nothing. */
export function loadChat(): void {
  if (loaded.peek() !== null && loaded.peek() !== 'failed') return;
  loaded.value = 'loading';
  import('./Chat').then(
    ({ Chat }) => {
      loaded.value = Chat;
    },
    () => {
      loaded.value = 'failed';
    },
  );
}

export function LazyChat() {
  const Chat = loaded.value;
  if (typeof Chat === 'function') return <Chat />;
  if (Chat === null) loadChat();
  return (
    <section class="chat-place" aria-busy={Chat !== 'failed'}>
      {Chat === 'failed' && (
        <>
          <p>{t('chat.failed')}</p>
          <button type="button" class="button" onClick={loadChat}>
            {t('notice.retry')}
          </button>
        </>
      )}
    </section>
  );
}

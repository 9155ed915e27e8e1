// The picture stands still: it stays, dimmed, while the two find each other again; for how long, and what of the bill.

import { useState } from 'preact/hooks';
import './Reconnecting.css';
import { t } from '../../i18n/lazy-words';
import { formatDuration } from '../../i18n/localized';
import { now, state } from '../store/room-store';

export function Reconnecting() {
  const [since] = useState(now.value);
  const { bill, socket } = state.value;
  const seconds = Math.max(0, Math.floor((now.value - since) / 1_000));
  // Without a socket nobody knows what the service says of the bill by now.
  const isPaused = socket === 'joined' && bill?.running === false;
  return (
    <div class="stage-card reconnecting" data-part="reconnecting" data-bill={isPaused ? 'paused' : 'running'}>
      <span class="stage-busy" aria-hidden="true" />
      <h1>{t('room.reconnecting.title')}</h1>
      <p>{t('room.reconnecting.text')}</p>
      <p class="numbers">{t('reconnect.since', { time: formatDuration(seconds) })}</p>
      {bill && (
        <p class={isPaused ? 'reconnecting-bill paused' : 'reconnecting-bill'}>
          {t(isPaused ? 'reconnect.paused' : 'reconnect.running')}
        </p>
      )}
    </div>
  );
}

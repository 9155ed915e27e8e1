// The connection is lost and the two find each other again: the dimmed picture stays, and this card says for how long and
// whether the meter runs.

import { useState } from 'preact/hooks';
import './Reconnecting.css';
import { t } from '../../i18n/lazy-words';
import { formatDuration } from '../../i18n/localized';
import { lineWords } from '../store/notice-state';
import { now, state } from '../store/room-store';

export function Reconnecting() {
  const [since] = useState(now.value);
  const { bill, socket } = state.value;
  const seconds = Math.max(0, Math.floor((now.value - since) / 1_000));
  // Without a socket this page does not know the bill's state.
  const isPaused = socket === 'joined' && bill?.running === false;
  return (
    <div class="stage-card reconnecting" data-part="reconnecting" data-bill={isPaused ? 'paused' : 'running'}>
      <span class="stage-busy" aria-hidden="true" />
      <h1>{t('room.reconnecting.title')}</h1>
      <p>{t('room.reconnecting.text')}</p>
      {lineWords.value && <p data-part="whose-line">{lineWords.value}</p>}
      <p class="numbers">{t('reconnect.since', { time: formatDuration(seconds) })}</p>
      {bill && (
        <p class={isPaused ? 'reconnecting-bill paused' : 'reconnecting-bill'}>
          {t(isPaused ? 'reconnect.paused' : 'reconnect.running')}
        </p>
      )}
    </div>
  );
}

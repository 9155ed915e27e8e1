// The card that leads into the call: who is there, the session's language, the price, and one button.

import { t } from '../../i18n/lobby-words';
import { formatCost, formatDuration } from '../../i18n/localized';
import { LanguageCard } from '../panel/LanguageCard';
import { call, isBegun, otherRole, state } from '../store/room-store';
import { hasAnything, join, shown } from './lobby-store';

export function Entrance() {
  const { lobby, socket } = state.value;
  return (
    <section class="card entrance" aria-labelledby="entrance-title">
      <h1 id="entrance-title">{t('lobby.title')}</h1>
      <Who />
      <div class="entrance-language">{lobby?.session && <LanguageCard code={lobby.session.language} />}</div>
      <Price />
      <PartlyMissing />
      {socket === 'lost' && <p class="entrance-note">{t('notice.offline-waiting')}</p>}
      <p class="entrance-join">
        <button type="button" class="button primary" data-part="join" onClick={join}>
          {t(hasAnything.value ? 'lobby.join' : 'lobby.join-without')}
        </button>
      </p>
    </section>
  );
}

function Who() {
  const { lobby } = state.value;
  const { peer = null, isPeerInLobby = false } = lobby ?? {};
  const presence = peer ? 'here' : isPeerInLobby ? 'looks' : 'away';
  return (
    <p class={`entrance-who ${presence}`} role="status" data-part="who" data-presence={presence}>
      <span class="entrance-dot" aria-hidden="true" />
      <span>{sayWho(lobby?.session === null, presence)}</span>
      {peer?.name && <bdi class="quiet">{peer.name}</bdi>}
    </p>
  );
}

function sayWho(isUnknown: boolean, presence: 'here' | 'looks' | 'away'): string {
  if (isUnknown) return t('status.connecting');
  if (presence !== 'away') return t(`lobby.${presence}.${otherRole}`);
  return isBegun.value ? `${t(`role.${otherRole}`)}: ${t('news.left')}` : t('lobby.nobody');
}

function Price() {
  const { bill } = state.value;
  const { ratePerHour = null, capSeconds = null, billableSeconds = 0 } = bill ?? {};
  return (
    <div class="entrance-price" data-part="price">
      <p class="entrance-rate numbers">{ratePerHour && t('bill.rate', { rate: formatCost(ratePerHour) })}</p>
      <p class="quiet">{t('lobby.free')}</p>
      {billableSeconds > 0 && (
        <p class="numbers">{t('bill.billed', { time: formatDuration(billableSeconds) })}</p>
      )}
      {capSeconds !== null && (
        <p data-part="prepaid">
          {t('lobby.prepaid')}:{' '}
          <span class="numbers">{formatDuration(Math.max(0, capSeconds - billableSeconds))}</span>
        </p>
      )}
    </div>
  );
}

/** The microphone's problem while the picture is there. Every other problem is shown in the picture's place. */
function PartlyMissing() {
  const { problem, missing } = state.value;
  if (!problem || !missing.audio || shown.value === 'problem') return null;
  return (
    <p class="entrance-note" role="alert" data-part="microphone-problem">
      {t('notice.only-video', { why: t(`why.${problem}`) })}{' '}
      <button type="button" class="entrance-retry" onClick={() => call.retryDevices()}>
        {t('problem.retry')}
      </button>
    </p>
  );
}

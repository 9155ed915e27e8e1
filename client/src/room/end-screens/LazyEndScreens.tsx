// The screens in place of a call, and what stands in a call that is in trouble: one file, fetched once the call is on
// its way, since who needs it has seen the page before. Until it is there, or where it cannot be had, a headline alone
// says how things stand.

import { t } from '../../i18n';
import { makeLazy } from '../../ui/lazy';
import { blockingProblem, stage, state } from '../store/room-store';

export const ends = makeLazy(
  () => import('./EndScreen').then(({ Ends }) => Ends),
  () => (
    <main class="ends-place">
      <h1>{t(`status.${stage.value === 'joining' ? 'offline' : stage.value}`)}</h1>
    </main>
  ),
);

export const reconnecting = makeLazy(
  () => import('./EndScreen').then(({ Reconnecting }) => Reconnecting),
  () => (
    <div class="stage-card" data-part="reconnecting">
      <h1>{t('room.reconnecting.title')}</h1>
    </div>
  ),
);

/** Asks about the other who is gone. */
export const question = makeLazy(
  () => import('./EndScreen').then(({ GraceDialog }) => GraceDialog),
  () => null,
);

/** Whether there is no call to show: it is over, elsewhere, refused, or the service was never reached. */
export function isWithoutCall(): boolean {
  switch (stage.value) {
    case 'joining':
      return state.value.socket === 'lost' && !blockingProblem.value && !hasChat();
    case 'ended':
    case 'elsewhere':
    case 'moved':
    case 'refused':
      return true;
    default:
      return false;
  }
}

/** Whether this tab was in the call before a reload: what was written can be read, and written on, meanwhile. */
function hasChat(): boolean {
  return state.value.chat.length > 0 || state.value.pending.length > 0;
}

// The screens in place of a call, and the cards in a call that is in trouble. They are loaded once the call has begun. Until it is there, and if it cannot be loaded, a headline alone says what has happened.

import { t } from '../../i18n';
import { makeLazy } from '../../ui/lazy';
import { later } from '../store/later-parts';
import { blockingProblem, otherRole, stage, state } from '../store/room-store';

export const endScreens = makeLazy(
  () => later('Ends'),
  () => (
    <main class="ends-place">
      <h1>{t(`status.${stage.value === 'joining' ? 'offline' : stage.value}`)}</h1>
    </main>
  ),
);

export const reconnecting = makeLazy(
  () => later('Reconnecting'),
  () => (
    <div class="stage-card" data-part="reconnecting">
      <h1>{t('room.reconnecting.title')}</h1>
    </div>
  ),
);

export const waiting = makeLazy(
  () => later('Waiting'),
  () => (
    <div class="stage-card">
      <h1>{t(`room.waiting.title.${otherRole}`)}</h1>
    </div>
  ),
);

/** Asks whether to wait for the other person, or to end. */
export const graceQuestion = makeLazy(
  () => later('GraceDialog'),
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

/** Whether this tab was in the call before a reload: then the person can read and write the chat meanwhile. */
function hasChat(): boolean {
  return state.value.chat.length > 0 || state.value.pending.length > 0;
}

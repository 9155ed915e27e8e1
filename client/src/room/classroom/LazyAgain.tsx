// Where the other's last words are heard again. All that it takes is loaded once the call stands, when the page has nothing else to do.

import { computed, effect } from '@preact/signals';
import { History } from 'lucide';
import './AgainButton.css';
import { loadPart } from '../../base/load-part';
import { t } from '../../i18n';
import { Icon } from '../../ui/Icon';
import { makeLazy } from '../../ui/lazy';
import { hasAgain, isAgainOpen, playAgain } from '../store/again-state';
import { stage } from '../store/room-store';

/** The first seconds belong to the first picture, and to its growing sharp. */
const AFTER_MS = 4_000;
const IDLE_MS_MAX = 5_000;

const load = () => import('./AgainBar');

export const again = makeLazy(
  () => load().then(({ AgainBar }) => AgainBar),
  () => null,
);

/** One press plays the last seconds. It is there from the beginning, so that nothing moves, and grey until there is a voice. */
export function AgainButton() {
  if (!hasAgain()) return null;
  return (
    <button
      type="button"
      class="button again-button"
      data-part="again"
      aria-expanded={isAgainOpen.value}
      aria-keyshortcuts="r"
      aria-label={t('control.again')}
      title={t('control.again')}
      disabled={!playAgain.value}
      onClick={() => playAgain.value?.()}
    >
      <Icon of={History} />
      <span>{t('control.again')}</span>
    </button>
  );
}

/** Begin to keep the other's voice once the call stands, if the platform wants it and the browser can. */
export function startSayAgain(): void {
  if (!hasAgain()) return;
  const isLive = computed(() => stage.value === 'live');
  const stop = effect(() => {
    if (!isLive.value) return;
    setTimeout(() => stop(), 0);
    setTimeout(() => whenIdle(() => void begin()), AFTER_MS);
  });
}

async function begin(): Promise<void> {
  const { keepVoice } = await loadPart(load);
  await keepVoice();
}

/** Safari has no `requestIdleCallback`. */
function whenIdle(then: () => void): void {
  if ('requestIdleCallback' in self) requestIdleCallback(then, { timeout: IDLE_MS_MAX });
  else setTimeout(then, 0);
}

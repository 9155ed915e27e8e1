// Keeps the screen on while the person is in a call: a phone that sleeps would lose it.

import { computed, effect } from '@preact/signals';
import { allowsFeature } from '../../base/permissions-policy';
import type { Stage } from '../../call/state';
import { stage } from '../store/room-store';

/** The stages in which nobody touches the screen. */
const AWAKE: ReadonlySet<Stage> = new Set(['waiting', 'connecting', 'live', 'reconnecting']);

/** Hold the lock in a call. A hidden page loses it, and asks for it again when it is seen. */
export function holdWakeLock(): void {
  let lock: Promise<WakeLockSentinel | null> | null = null;
  const isInCall = computed(() => AWAKE.has(stage.value));
  const hold = () => {
    if (!('wakeLock' in navigator) || allowsFeature('screen-wake-lock') === false) return;
    const isWanted = isInCall.value && !document.hidden;
    if (isWanted) lock ??= navigator.wakeLock.request('screen').catch(() => null);
    else if (lock) {
      void lock.then((held) => held?.release().catch(() => undefined));
      lock = null;
    }
  };
  effect(hold);
  document.addEventListener('visibilitychange', hold);
}

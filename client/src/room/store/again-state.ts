// Whether one can hear again what the other said last. The voice is kept, and played, by parts that are loaded later.

import { signal } from '@preact/signals';
import { isShown } from '../../theme/apply-theme';

/** Plays the last seconds; null while nothing can be played. */
export const playAgain = signal<(() => void) | null>(null);

export const isAgainOpen = signal(false);

/** Tell whether the platform shows it, and this browser can do it (Firefox 76, Safari 14.1). */
export function hasAgain(): boolean {
  return isShown('say-again') && 'AudioWorkletNode' in self;
}

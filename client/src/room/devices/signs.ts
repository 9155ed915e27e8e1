// What the page says about the own devices besides their state; attend.ts notices it.

import { signal } from '@preact/signals';
import type { Swapped } from '../../call/devices';

/** The last device that was swapped without being asked, while that is news. */
export const swapped = signal<Swapped | null>(null);

/** The person speaks, and the microphone is off. */
export const isSpeakingMuted = signal(false);

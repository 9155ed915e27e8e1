// What the page says about the own devices besides their state; attend.ts notices it.

import { signal } from '@preact/signals';
import type { Key } from '../../i18n';

/** A device that was swapped without being asked, while that is news. */
export interface DeviceNews {
  readonly phrase: Key;
  readonly label: string;
}

export const deviceNews = signal<DeviceNews | null>(null);

/** What was pressed and could not be done, until the person has read it. */
export const refusal = signal<Key | null>(null);

/** The person speaks, and the microphone is off. */
export const isSpeakingMuted = signal(false);

// What the page says for a while, besides the state of the call; attend.ts notices it.

import { signal } from '@preact/signals';
import type { Key } from '../../i18n';

interface Sign {
  readonly key: Key;
  /** What the phrase calls `{label}`. */
  readonly label: string;
}

/** What has just happened without being asked for, while that is news. */
export const sign = signal<Sign | null>(null);

/** What was pressed and could not be done, until the person has read it. */
export const refusal = signal<Key | null>(null);

/** The person speaks, and the microphone is off. */
export const isSpeakingMuted = signal(false);

// Notices that are no part of the call's state. The side effects set them, Notices.tsx shows them.

import { signal } from '@preact/signals';
import type { LaterKey } from '../../i18n';

interface PassingNotice {
  readonly key: LaterKey;
  /** What the phrase calls `{label}`. */
  readonly label: string;
}

/** What has just happened without the person's doing, while it is news. */
export const passingNotice = signal<PassingNotice | null>(null);

/** What was pressed and could not be done, until the person has read it. */
export const refusal = signal<LaterKey | null>(null);

/** What became of what is made of the own sound or picture, once it is not as it was chosen. */
export const retouchNews = signal<LaterKey | null>(null);

/** The person speaks, and the microphone is off. */
export const isSpeakingMuted = signal(false);

/** Whose connection is bad, in words, while it is; a side effect watches it. */
export const lineWords = signal<string | null>(null);

/** What is new about the connection, and what to do about it, while it is news. */
export const lineNotice = signal<string | null>(null);

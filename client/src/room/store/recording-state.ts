// The recording, as the page knows it before it is loaded: its row, what the menu's entry does, and how things stand.

import { signal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { isShown } from '../../theme/apply-theme';

/** The row, once it is loaded; null while there is nothing to be said. */
export const recordingBar = signal<ComponentType | null>(null);

/** Asks the other person, or stops what is recorded. Null where this browser cannot record. */
export const pressRecording = signal<(() => void) | null>(null);

/** `busy`: something is asked, or the file is being finished. */
export const recordingStand = signal<'off' | 'busy' | 'on'>('off');

/** Tell whether the platform shows recordings. */
export function hasRecording(): boolean {
  return isShown('recording');
}

/** Tell whether this browser can make one (Safari 14.1, Firefox 65). */
export function canRecord(): boolean {
  return 'MediaRecorder' in self && 'captureStream' in HTMLCanvasElement.prototype && 'AudioContext' in self;
}

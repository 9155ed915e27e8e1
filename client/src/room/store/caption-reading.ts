// Whether one reads what the other says. After a reload of the lesson, who has read reads on.

import { signal } from '@preact/signals';
import { isShown } from '../../theme/apply-theme';
import { link } from './room-store';

const KEY = 'langdao:captions';

export const isReading = signal(false);

/** Tell whether the platform shows captions. */
export function hasCaptions(): boolean {
  return isShown('captions');
}

/** Show the other's captions and ask for them, or no longer. */
export function readCaptions(isOn: boolean): void {
  isReading.value = isOn;
  try {
    sessionStorage.setItem(KEY, isOn ? link.room : '');
  } catch {
    // Forbidden or full: a reload closes them.
  }
}

/** Read on where this tab has read in this lesson. */
export function resumeReading(): void {
  try {
    isReading.value ||= sessionStorage.getItem(KEY) === link.room;
  } catch {
    // Forbidden: they stay closed.
  }
}

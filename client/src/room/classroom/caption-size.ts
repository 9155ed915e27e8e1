// How large captions are, as the person left it.

import { signal } from '@preact/signals';

export const SIZES = ['small', 'medium', 'large'] as const;
export type CaptionSize = (typeof SIZES)[number];

const KEY = 'langdao:caption-size';

export const captionSize = signal<CaptionSize>('medium');

export function readCaptionSize(): void {
  try {
    captionSize.value = SIZES.find((size) => size === localStorage.getItem(KEY)) ?? 'medium';
  } catch {
    // Forbidden: as it is.
  }
}

export function setCaptionSize(size: CaptionSize): void {
  captionSize.value = size;
  try {
    localStorage.setItem(KEY, size);
  } catch {
    // Forbidden or full: as chosen until the page goes.
  }
}

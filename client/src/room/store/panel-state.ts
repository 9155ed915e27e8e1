// Whether the side panel is open. It opens by itself where there is room for it beside the stage.

import { signal } from '@preact/signals';
import { isShown } from '../../theme/apply-theme';
import { isWide } from './room-store';

/** Tell whether the panel has tabs, or one of them. */
export function hasTabs(): boolean {
  return isShown('chat') || isShown('notes') || isShown('vocabulary');
}

/** Tell whether the panel has any content: a platform may hide all of it. */
export function hasPanel(): boolean {
  return hasTabs() || isShown('details');
}

export const isPanelOpen = signal(false);

/** Open the panel where there is room for it, and follow the window's width. */
export function startPanel(): void {
  const wide = matchMedia('(min-width: 56.01rem)');
  isWide.value = wide.matches;
  openPanel(wide.matches);
  wide.addEventListener('change', () => {
    isWide.value = wide.matches;
    // In a window that shrinks the other's picture stays, unless the person is busy in the panel.
    if (!document.activeElement?.closest('.panel')) openPanel(wide.matches);
  });
}

/** Whether the keyboard goes to the chat's text box as soon as it is there: the chat may still be loading. */
export const isMessageWanted = signal(false);

export function openPanel(open: boolean): void {
  isMessageWanted.value = false;
  isPanelOpen.value = open && hasPanel();
}

/** Open the panel for a person who uses the keyboard, and let them write. */
export function openToWrite(): void {
  openPanel(true);
  isMessageWanted.value = isPanelOpen.value;
}
